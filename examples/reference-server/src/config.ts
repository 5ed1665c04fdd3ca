// The environment → a checked configuration, or one line that names the variable at fault.

import { join } from 'node:path'
import type { SynchronousCommit } from '@lading/core'
import { checkOrigins } from '@lading/core/http'
import { checkRemote } from '@lading/core/internal'
import { readApiKeys } from './api-keys.ts'
import type { AccessConfig } from './authorize.ts'
import { ConfigError } from './config-error.ts'
import { type LimitsConfig, list, readLimits } from './env-limits.ts'

export interface Config extends AccessConfig, LimitsConfig {
  /** Origins whose pages may use the service; empty: none. */
  readonly corsOrigins: readonly string[]
  readonly env: 'development' | 'production'
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly adapter: 'fastify' | 'express'
  /** Undefined: the embedded server. */
  readonly databaseUrl: string | undefined
  /** The folder of the embedded database, and of files unless STORAGE_PATH is set. */
  readonly dataDir: string
  readonly storagePath: string
  /** Undefined: the default of the library. */
  readonly synchronousCommit: SynchronousCommit | undefined
  /** Undefined: the default of the library. */
  readonly importBatchRows: number | undefined
  /** The same for exports whose rows pass through Node.js. */
  readonly exportBatchRows: number | undefined
  readonly importMaxFileBytes: number
  /** Undefined: the default of the library. */
  readonly importMaxRecordBytes: number | undefined
  /** The maximum number of stored record errors of one job. */
  readonly storedErrors: number
  /** False: other processes run the jobs, such as `lading work`. */
  readonly hasWorkers: boolean
  readonly importWorkers: number
  readonly exportWorkers: number
  /** Concurrent fetches of files from URLs, in addition to the imports. */
  readonly fetchWorkers: number
  /** Allowed sources in addition to public servers; false: no file is fetched. */
  readonly remote: false | { readonly allow: readonly string[] }
  readonly exportFileExpiryHours: number
  readonly idempotencyTtlHours: number
  readonly jobRetentionDays: number
  /** Hours without progress for which a job waits for the database or the storage. */
  readonly outageLimitHours: number
  readonly verifyStored: boolean
  readonly hasMetrics: boolean
  readonly logLevel: string
}

type Environment = Readonly<Record<string, string | undefined>>

const databaseVariables = ['DB_HOST', 'DB_PORT', 'DB_USER', 'DB_PASSWORD', 'DB_NAME']

/** @throws ConfigError */
export function readConfig(env: Environment): Config {
  const appEnv = choice(env, 'APP_ENV', ['development', 'production'])
  const databaseUrl = readDatabaseUrl(env)
  if (appEnv === 'production' && databaseUrl === undefined) {
    throw new ConfigError(
      'DATABASE_URL must be set with APP_ENV=production; the embedded database is for development.',
    )
  }
  const dataDir = env.LADING_DATA_DIR || '.lading'
  return {
    env: appEnv,
    ...readAccess(env),
    port: integer(env, 'APP_PORT', 8080, 0, 65_535),
    adapter: choice(env, 'ADAPTER', ['fastify', 'express']),
    databaseUrl,
    dataDir,
    storagePath: env.STORAGE_PATH || join(dataDir, 'files'),
    synchronousCommit: choiceIfSet(env, 'SYNCHRONOUS_COMMIT', [
      'local',
      'remote_write',
      'on',
      'remote_apply',
    ]),
    importBatchRows: integerIfSet(env, 'IMPORT_BATCH_SIZE', 1, 100_000),
    exportBatchRows: integerIfSet(env, 'EXPORT_STREAM_BATCH_SIZE', 1, 100_000),
    importMaxFileBytes: integer(env, 'IMPORT_MAX_FILE_SIZE', 104_857_600, 1, Number.MAX_SAFE_INTEGER),
    importMaxRecordBytes: integerIfSet(env, 'IMPORT_MAX_RECORD_BYTES', 1, 268_435_456),
    storedErrors: integer(env, 'STORED_ERRORS', 100_000, 0, Number.MAX_SAFE_INTEGER),
    hasWorkers: flag(env, 'WORKERS_ENABLED', true),
    importWorkers: integer(env, 'WORKER_IMPORT_WORKERS', 4, 1, 64),
    exportWorkers: integer(env, 'WORKER_EXPORT_WORKERS', 2, 1, 64),
    fetchWorkers: integer(env, 'WORKER_FETCH_WORKERS', 4, 1, 64),
    remote: readRemote(env),
    exportFileExpiryHours: integer(env, 'EXPORT_FILE_EXPIRY_HOURS', 24, 1, 24 * 365),
    idempotencyTtlHours: integer(env, 'IDEMPOTENCY_TTL_HOURS', 24, 1, 24 * 365),
    jobRetentionDays: integer(env, 'JOB_RETENTION_DAYS', 30, 1, 3_650),
    outageLimitHours: integer(env, 'OUTAGE_LIMIT_HOURS', 24, 1, 24 * 365),
    ...readLimits(env, (name, ...range) => integerIfSet(env, name, ...range)),
    corsOrigins: readOrigins(env),
    verifyStored: flag(env, 'VERIFY_STORED', false),
    hasMetrics: flag(env, 'PROMETHEUS_ENABLED', true),
    logLevel: choice(env, 'LOG_LEVEL', ['info', 'trace', 'debug', 'warn', 'error', 'fatal', 'silent']),
  }
}

/** Without keys every client may do everything, so the server then listens on loopback only, unless ALLOW_ANONYMOUS is set. */
function readAccess(env: Environment): AccessConfig & Pick<Config, 'host'> {
  const host = env.APP_HOST || '127.0.0.1'
  const apiKeys = readApiKeys(env.API_KEYS)
  const hasKeys = apiKeys.length > 0
  const isOpenToAll = flag(env, 'ALLOW_ANONYMOUS', false)
  if (hasKeys && isOpenToAll) {
    throw new ConfigError('ALLOW_ANONYMOUS=true and API_KEYS contradict each other; leave one of them unset.')
  }
  if (!hasKeys && !isOpenToAll && !isLoopback(host)) {
    throw new ConfigError(
      `APP_HOST=${host} serves other machines; set API_KEYS, or ALLOW_ANONYMOUS=true if every client may do everything.`,
    )
  }
  for (const name of ['METRICS_ACCESS', 'HEALTH_ACCESS']) {
    if (env[name] === 'key' && !hasKeys) throw new ConfigError(`${name}=key needs keys; set API_KEYS.`)
  }
  return {
    host,
    apiKeys,
    metricsAccess: choice(env, 'METRICS_ACCESS', ['key', 'open']),
    healthAccess: choice(env, 'HEALTH_ACCESS', ['open', 'key']),
  }
}

/** DATABASE_URL wins over DB_*; if none of them is set, there is no URL. */
function readDatabaseUrl(env: Environment): string | undefined {
  if (env.DATABASE_URL) {
    if (/^postgres(ql)?:\/\//.test(env.DATABASE_URL) && URL.canParse(env.DATABASE_URL))
      return env.DATABASE_URL
    throw new ConfigError('DATABASE_URL must be a URL such as postgresql://user:password@host:5432/database.')
  }
  if (databaseVariables.every(name => !env[name])) return undefined
  const url = new URL('postgresql://localhost')
  url.hostname = env.DB_HOST || 'localhost'
  url.port = String(integer(env, 'DB_PORT', 5432, 1, 65_535))
  url.username = encodeURIComponent(env.DB_USER || 'postgres')
  url.password = encodeURIComponent(env.DB_PASSWORD || 'postgres')
  url.pathname = `/${encodeURIComponent(env.DB_NAME || 'bulk_import_export')}`
  return url.href
}

/** @throws ConfigError */
function readRemote(env: Environment): Config['remote'] {
  const allow = list(env.REMOTE_ALLOW)
  try {
    checkRemote({ allow })
  } catch (error) {
    throw new ConfigError(`REMOTE_ALLOW: ${error instanceof Error ? error.message : String(error)}`)
  }
  return choice(env, 'REMOTE_IMPORTS', ['on', 'off']) === 'on' && { allow }
}

/** @throws ConfigError */
function readOrigins(env: Environment): readonly string[] {
  const origins = list(env.CORS_ORIGINS)
  try {
    checkOrigins(origins)
  } catch (error) {
    throw new ConfigError(`CORS_ORIGINS: ${error instanceof Error ? error.message : String(error)}`)
  }
  return origins
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** The first choice is the default. */
function choice<const Choices extends readonly [string, ...string[]]>(
  env: Environment,
  name: string,
  choices: Choices,
): Choices[number] {
  const value = env[name] || choices[0]
  const found = choices.find(known => known === value)
  if (found === undefined)
    throw new ConfigError(`${name} must be one of ${choices.join(', ')}; it is "${value}".`)
  return found
}

function choiceIfSet<const Choices extends readonly [string, ...string[]]>(
  env: Environment,
  name: string,
  choices: Choices,
): Choices[number] | undefined {
  return env[name] ? choice(env, name, choices) : undefined
}

function flag(env: Environment, name: string, fallback: boolean): boolean {
  const value = env[name] || String(fallback)
  if (value !== 'true' && value !== 'false')
    throw new ConfigError(`${name} must be true or false; it is "${value}".`)
  return value === 'true'
}

function integer(env: Environment, name: string, fallback: number, min: number, max: number): number {
  return integerIfSet(env, name, min, max) ?? fallback
}

function integerIfSet(env: Environment, name: string, min: number, max: number): number | undefined {
  const value = env[name]
  if (value === undefined || value === '') return undefined
  const number = Number(value)
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw new ConfigError(`${name} must be a whole number from ${min} to ${max}; it is "${value}".`)
  }
  return number
}
