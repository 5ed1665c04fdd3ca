// Text of a value → what compares as the value does, worked out without a database.

/** Byte order, as the collation "C" has it. */
export const bytesOf = (text: string) => Buffer.from(text).toString('hex')

/** Nothing of Date but the calendar: it has no microseconds. */
export function microseconds(text: string): bigint {
  const [, seconds = '', fraction = '', zone = ''] = /^(.{19})(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? []
  return BigInt(Date.parse(seconds + zone)) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6) || 0)
}

/** Twenty digits behind the point. */
export function scaled(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  const value = BigInt(whole + fraction.padEnd(20, '0'))
  return text.startsWith('-') ? -value : value
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  )
}
export const canonical = (text: string) => JSON.stringify(sorted(JSON.parse(text)))
