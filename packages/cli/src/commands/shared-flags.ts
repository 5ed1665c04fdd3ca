// Options that several commands have, with their help.

export const tenantOption = [
  '--tenant <name>',
  "the caller's tenant, for resources with a scope (default: none)",
] as const

export const jobsTenantOption = ['--tenant <name>', 'jobs of this tenant (default: all tenants)'] as const

export const principalOption = [
  '--principal <name>',
  'the caller, for resources with a scope (default: none)',
] as const

export const maxRecordBytesOption = [
  '--max-record-bytes <number>',
  'the maximum size of a record (default: 1048576)',
] as const

export const remoteAllowOption = [
  '--remote-allow <entry>',
  'allowed sources in addition to public servers: a host, *.domain or network, optionally with :port; may be repeated',
] as const

/** For an option that may be repeated. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value]
}
