// What the tests of jobs with remote files share: servers on the loopback, imports from them, and what is stored of them.
import { afterEach } from 'vitest'
import { type FileServer, fileServer, type Respond } from '../../conformance/src/http/remote-site.ts'
import { fileStorage, type Job, type RemoteOptions } from '../src/index.ts'
import { type JobsBed, jobsBed } from './jobs-bed.ts'

/** What the jobs may fetch from. */
export const remote: RemoteOptions = { allow: ['127.0.0.1:*'], pauseMs: 1 }

export interface RemoteJobsBed {
  readonly bed: JobsBed
  /** Starts a server; it stops with the test. The URL has a secret in it. */
  serve(respond: Respond): Promise<FileServer & { readonly url: string }>
  submit(url: string, more?: object): Promise<Job>
  /** Names of the tables that hold the secret. */
  tablesWithSecret(): Promise<readonly string[]>
  /** Keys of the sources that jobs have. */
  storedFiles(): Promise<readonly string[]>
  keysOnDisk(): Promise<readonly string[]>
}

export const secret = 'dont-tell-anybody'

export function remoteJobsBed(): RemoteJobsBed {
  const bed = jobsBed()
  let servers: FileServer[] = []
  afterEach(async () => {
    for (const server of servers) await server.stop()
    servers = []
  })
  return {
    bed,
    async serve(respond) {
      const server = await fileServer(respond)
      servers.push(server)
      return { ...server, url: `http://127.0.0.1:${server.port}/users.csv?signature=${secret}` }
    },
    submit: (url, more = {}) =>
      bed.jobsWith({ remote }).submitRemoteImport({ resource: 'users', url, ...more }),
    async tablesWithSecret() {
      const { pool } = bed.database
      const { rows } = await pool.query(
        `select table_name as name from information_schema.tables where table_schema = 'lading'`,
      )
      const found: string[] = []
      for (const { name } of rows) {
        const stored = await pool.query(`select t::text as row from lading.${name} t`)
        if (stored.rows.some(({ row }) => row.includes(secret))) found.push(name)
      }
      return found
    },
    async storedFiles() {
      const { rows } = await bed.database.pool.query(
        'select source_key from lading.jobs where source_key is not null',
      )
      return rows.map(({ source_key }) => source_key)
    },
    async keysOnDisk() {
      const keys: string[] = []
      for await (const { key } of fileStorage(bed.folder).list('imports/')) keys.push(key)
      return keys
    },
  }
}
