// Arguments → a new key and its entry for API_KEYS, or what is wrong with them. The key is shown once and stored nowhere.
import { parseArgs } from 'node:util'
import { newKey, readApiKeys } from './api-keys.ts'
import { ConfigError } from './config-error.ts'

export interface KeyOutput {
  readonly code: 0 | 64
  readonly stdout: string
  readonly stderr: string
}

export function keyCommand(args: readonly string[]): KeyOutput {
  try {
    return { code: 0, stdout: createKey(args), stderr: '' }
  } catch (error) {
    // An unknown option, or a value that does not fit an entry.
    const message =
      error instanceof Error ? error.message.replace(/^API_KEYS, entry \d+: /, '') : String(error)
    const stderr = `${message.replace(/; npm run key .*$/, '.')}\nUsage: ${usage}\n`
    return { code: 64, stdout: '', stderr }
  }
}

const usage =
  'npm run key -- <name> [--resources users,articles] [--rights read,write,metrics] [--tenant <name>]'

function createKey(args: readonly string[]): string {
  const { values, positionals } = parseArgs({
    args: [...args],
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
    throw new ConfigError('":" and "," separate entries and their parts, and cannot be part of a value.')
  }
  const { key, hash } = newKey()
  const joined = (text: string) => text.split(',').join('+')
  const { resources, rights, tenant } = values
  const entry = [
    name,
    hash,
    joined(resources),
    joined(rights),
    ...(tenant === undefined ? [] : [tenant]),
  ].join(':')
  // Checks that the server will accept the entry.
  readApiKeys(entry)
  return `key    ${key}\nentry  ${entry}\n`
}
