// The configuration: defaults as documented, and one line that names the variable at fault.
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../src/config.ts'
import { spawnServer } from './support.ts'

describe('without any variable', () => {
  test('the defaults are the documented ones', () => {
    expect(readConfig({})).toEqual({
      env: 'development',
      host: '127.0.0.1',
      port: 8080,
      adapter: 'fastify',
      databaseUrl: undefined,
      dataDir: '.lading',
      storagePath: '.lading/files',
      storedErrors: 100_000,
      importMaxFileBytes: 104_857_600,
      hasWorkers: true,
      importWorkers: 4,
      exportWorkers: 2,
      fetchWorkers: 4,
      remote: { allow: [] },
      exportFileExpiryHours: 24,
      idempotencyTtlHours: 24,
      jobRetentionDays: 30,
      outageLimitHours: 24,
      verifyStored: false,
      limits: {},
      headersSeconds: 20,
      maxConnections: 1_000,
      queueDepth: 10_000,
      corsOrigins: [],
      trustedProxies: [],
      hasMetrics: true,
      logLevel: 'info',
      apiKeys: [],
      metricsAccess: 'key',
      healthAccess: 'open',
    })
  })
})

describe('the database', () => {
  test.each([
    [{ DATABASE_URL: 'postgresql://u@h/d', DB_HOST: 'other' }, 'postgresql://u@h/d'],
    [{ DB_HOST: 'db' }, 'postgresql://postgres:postgres@db:5432/bulk_import_export'],
    [
      { DB_NAME: 'x', DB_PASSWORD: 'p@ss/word', DB_PORT: '6000' },
      'postgresql://postgres:p%40ss%2Fword@localhost:6000/x',
    ],
  ])('%j is %s', (env, url) => {
    expect(readConfig(env).databaseUrl).toBe(url)
  })
})

describe('remote files', () => {
  test.each([
    [{ REMOTE_IMPORTS: 'off' }, false],
    [{ REMOTE_IMPORTS: 'off', REMOTE_ALLOW: '10.0.0.0/8' }, false],
    [{ REMOTE_ALLOW: ' 10.0.0.0/8 , files.corp:8080,' }, { allow: ['10.0.0.0/8', 'files.corp:8080'] }],
  ])('%j is %j', (env, remote) => {
    expect(readConfig(env).remote).toEqual(remote)
  })
})

const key = `ci:${'0'.repeat(64)}:*:read`

describe('serves other machines', () => {
  test.each([
    [{ APP_HOST: '0.0.0.0', API_KEYS: key }],
    [{ APP_HOST: '::', API_KEYS: key }],
    [{ APP_HOST: '0.0.0.0', ALLOW_ANONYMOUS: 'true' }],
  ])('%j', env => {
    expect(readConfig(env).host).toBe(env.APP_HOST)
  })

  test.each(['0.0.0.0', '::', '192.168.0.1', '127.example.org', '127.0.0.1.example.org'])(
    'does not listen on %s without keys, unless this is allowed explicitly',
    host => {
      expect(() => readConfig({ APP_HOST: host })).toThrow(
        `APP_HOST=${host} serves other machines; set API_KEYS, or ALLOW_ANONYMOUS=true if every client may do everything.`,
      )
    },
  )

  test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('%s is this one', host => {
    expect(readConfig({ APP_HOST: host }).host).toBe(host)
  })
})

describe('pages and proxies', () => {
  test('are lists', () => {
    const env = { CORS_ORIGINS: 'https://a.example, http://localhost:3000,', TRUSTED_PROXIES: '10.0.0.0/8' }
    expect(readConfig(env)).toMatchObject({
      corsOrigins: ['https://a.example', 'http://localhost:3000'],
      trustedProxies: ['10.0.0.0/8'],
    })
  })
})

describe('a bad value is reported in one sentence', () => {
  test.each([
    [{ APP_PORT: 'http' }, 'APP_PORT must be a whole number from 0 to 65535; it is "http".'],
    [{ APP_PORT: '70000' }, 'APP_PORT must be a whole number from 0 to 65535; it is "70000".'],
    [{ ADAPTER: 'koa' }, 'ADAPTER must be one of fastify, express; it is "koa".'],
    [{ APP_ENV: 'test' }, 'APP_ENV must be one of development, production; it is "test".'],
    [
      { APP_ENV: 'production' },
      'DATABASE_URL must be set with APP_ENV=production; the embedded database is for development.',
    ],
    [
      { DATABASE_URL: 'mysql://x' },
      'DATABASE_URL must be a URL such as postgresql://user:password@host:5432/database.',
    ],
    [
      { APP_HOST: '0.0.0.0' },
      'APP_HOST=0.0.0.0 serves other machines; set API_KEYS, or ALLOW_ANONYMOUS=true if every client may do everything.',
    ],
    [
      { EXPORT_STREAM_BATCH_SIZE: 'many' },
      'EXPORT_STREAM_BATCH_SIZE must be a whole number from 1 to 100000; it is "many".',
    ],
    [
      { SYNCHRONOUS_COMMIT: 'off' },
      'SYNCHRONOUS_COMMIT must be one of local, remote_write, on, remote_apply; it is "off".',
    ],
    [{ IMPORT_BATCH_SIZE: '0' }, 'IMPORT_BATCH_SIZE must be a whole number from 1 to 100000; it is "0".'],
    [
      { IDEMPOTENCY_TTL_HOURS: '0' },
      'IDEMPOTENCY_TTL_HOURS must be a whole number from 1 to 8760; it is "0".',
    ],
    [
      { JOB_RETENTION_DAYS: 'ever' },
      'JOB_RETENTION_DAYS must be a whole number from 1 to 3650; it is "ever".',
    ],
    [{ REMOTE_IMPORTS: 'true' }, 'REMOTE_IMPORTS must be one of on, off; it is "true".'],
    [
      { REMOTE_ALLOW: '10.0.0.0/8, http://files' },
      'REMOTE_ALLOW: "http://files" cannot be allowed for remote files; write a host (files.example), the hosts below one (*.example), an address or a network (10.1.0.0/16), each with an optional port (:8080, :8000-8999, :*), or a port alone.',
    ],
    [
      { ALLOW_ANONYMOUS: 'true', API_KEYS: key },
      'ALLOW_ANONYMOUS=true and API_KEYS contradict each other; leave one of them unset.',
    ],
    [
      { API_KEYS: 'secret' },
      'API_KEYS, entry 1: its second part must be the SHA-256 of a key, in 64 hexadecimal digits; npm run key makes a key and its entry.',
    ],
    [{ METRICS_ACCESS: 'all', API_KEYS: key }, 'METRICS_ACCESS must be one of key, open; it is "all".'],
    [{ METRICS_ACCESS: 'key' }, 'METRICS_ACCESS=key needs keys; set API_KEYS.'],
    [{ HEALTH_ACCESS: 'key' }, 'HEALTH_ACCESS=key needs keys; set API_KEYS.'],
    [
      { CORS_ORIGINS: 'https://a.example, b.example' },
      'CORS_ORIGINS: "b.example" is not an origin; write the scheme, the host and the port if it is not the default one, such as https://app.example.org, and nothing after it.',
    ],
    [
      { IMPORT_MAX_RECORD_BYTES: '1 MB' },
      'IMPORT_MAX_RECORD_BYTES must be a whole number from 1 to 268435456; it is "1 MB".',
    ],
    [{ UPLOADS: '0' }, 'UPLOADS must be a whole number from 1 to 10000; it is "0".'],
    [{ PROMETHEUS_ENABLED: 'yes' }, 'PROMETHEUS_ENABLED must be true or false; it is "yes".'],
  ])('%j', (env, message) => {
    expect(() => readConfig(env)).toThrow(message)
  })

  test('the server reports it too, and ends with exit code 1', async () => {
    const child = spawnServer({ APP_PORT: 'http' })
    if (child.stderr === null) throw new Error('The server has no stderr.')
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect(said).toBe('APP_PORT must be a whole number from 0 to 65535; it is "http".\n')
    expect(code).toBe(1)
  })
})
