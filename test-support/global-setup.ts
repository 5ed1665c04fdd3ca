// Finds the PostgreSQL for the tests: DATABASE_URL, else a container if Docker answers, else the embedded one.
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { ladingMigrations, migrate } from '@lading/core'
import { startEmbeddedPostgres } from '@lading/embedded-postgres'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { dataFolder } from './data-folder.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A database from which tests may create others. */
    adminUrl: string
    /** A database with the tables of Lading and of the reference server, to be copied. */
    templateDatabase: string
    /**
     * How databases are copied (PostgreSQL manual, CREATE DATABASE). `file_copy` takes a third of the time if its
     * checkpoints do not wait for the disk.
     */
    copyStrategy: 'file_copy' | 'wal_log'
  }
}

interface Server {
  readonly url: string
  readonly kind: string
  stop(): Promise<void>
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = (await configuredServer()) ?? (await container()) ?? (await embedded())
  const template = `lading_test_template_${process.pid}`
  const admin = new pg.Client(server.url)
  await admin.connect()
  const version = await admin.query('show server_version')
  const fsync = await admin.query('show fsync')
  await admin.query(`create database ${template}`)
  await admin.end()
  await migrateTemplate(server.url, template)
  process.stdout.write(`Tests run on PostgreSQL ${version.rows[0]?.server_version}, ${server.kind}.\n`)

  project.provide('adminUrl', server.url)
  project.provide('templateDatabase', template)
  project.provide('copyStrategy', fsync.rows[0]?.fsync === 'off' ? 'file_copy' : 'wal_log')
  return async () => {
    const client = new pg.Client(server.url)
    await client.connect()
    await client.query(`drop database if exists ${template} with (force)`)
    await client.end()
    await server.stop()
  }
}

async function configuredServer(): Promise<Server | undefined> {
  const url = process.env.DATABASE_URL
  return url ? { url, kind: 'from DATABASE_URL', stop: async () => undefined } : undefined
}

/** Undefined if no engine answers, or if it has no image and cannot pull one. */
async function container(): Promise<Server | undefined> {
  const image = process.env.LADING_TEST_IMAGE ?? 'postgres:17-alpine'
  const { getContainerRuntimeClient } = await import('testcontainers')
  const answers = await getContainerRuntimeClient().then(
    () => true,
    () => false,
  )
  if (!answers) return undefined
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql')
  try {
    const started = await new PostgreSqlContainer(image).start()
    return {
      url: started.getConnectionUri(),
      kind: `in a container of ${image}`,
      stop: async () => {
        await started.stop()
      },
    }
  } catch (error) {
    process.stdout.write(
      `Docker answers, but ${image} does not start (${String(error)}); using the embedded server.\n`,
    )
    return undefined
  }
}

async function embedded(): Promise<Server> {
  const dataDir = await dataFolder()
  const server = await startEmbeddedPostgres({
    dataDir,
    // Each backend would load it for itself: 4 ms.
    settings: { fsync: 'off', max_connections: 200, shared_preload_libraries: 'plpgsql' },
  })
  await hashPasswordOnce(server.url)
  return {
    url: server.url,
    kind: 'embedded',
    stop: async () => {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** By default, client and server hash the password 4,096 times for each connection: a quarter of the time that it takes. */
async function hashPasswordOnce(url: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  await client.query('set scram_iterations = 1')
  await client.query(`alter role current_user password ${client.escapeLiteral(new URL(url).password)}`)
  await client.end()
}

async function migrateTemplate(adminUrl: string, template: string): Promise<void> {
  const url = new URL(adminUrl)
  url.pathname = `/${template}`
  const pool = new pg.Pool({ connectionString: url.href })
  const reference = fileURLToPath(new URL('../migrations/reference', import.meta.url))
  await migrate({ pool, folders: [ladingMigrations(), reference] })
  await pool.end()
}
