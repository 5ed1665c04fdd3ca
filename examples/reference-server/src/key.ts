// npm run key -- <name>: a new key for its holder, and its entry for API_KEYS. The key is shown once and kept nowhere.
import { parseArgs } from 'node:util'
import { newKey, readApiKeys } from './api-keys.ts'
import { ConfigError } from './config-error.ts'

const usage =
  'npm run key -- <name> [--resources users,articles] [--rights read,write,metrics] [--tenant <name>]'

function made(): string {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      resources: { type: 'string', default: '*' },
      rights: { type: 'string', default: 'read,write' },
      tenant: { type: 'string' },
    },
  })
  const [name = '', ...others] = positionals
  if (others.length > 0) throw new ConfigError('One name at a time.')
  if (/[:,]/.test(`${name}${values.tenant}`) || /:/.test(`${values.resources}${values.rights}`)) {
    throw new ConfigError('":" and "," divide entries and their parts, and cannot be in one.')
  }
  const { key, hash } = newKey()
  const listed = (text: string) => text.split(',').join('+')
  const { resources, rights, tenant } = values
  const entry = [
    name,
    hash,
    listed(resources),
    listed(rights),
    ...(tenant === undefined ? [] : [tenant]),
  ].join(':')
  // What the server would not take is not handed out.
  readApiKeys(entry)
  return `key    ${key}\nentry  ${entry}\n`
}

try {
  process.stdout.write(made())
} catch (error) {
  // An option that parseArgs does not know, or a value that makes no entry.
  const message = error instanceof Error ? error.message.replace(/^API_KEYS, entry \d+: /, '') : String(error)
  process.stderr.write(`${message.replace(/; npm run key .*$/, '.')}\nUsage: ${usage}\n`)
  process.exitCode = 64
}
