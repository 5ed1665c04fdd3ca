// A statement outside of a transaction → the same in one of its own, with the settings that every transaction of ours has.
import { literal } from '../identifier.ts'
import type { Client, QueryResult } from '../pool/pg.ts'
import { alone, beginning } from './transaction.ts'

const ends = /(?:^|;\s*)(?:commit|rollback)$/

/**
 * The same connection. A statement that comes outside of a transaction is sent behind settings, in one query and so in
 * one round trip: PostgreSQL makes one transaction of such a query. Without it, a role with `serializable` or
 * `read only` by default, or with another date style, would change what the statement does or what the driver reads.
 *
 * @param access of statements that stand alone
 */
export function settingStatements(client: Client, access: keyof typeof alone): Client {
  let isInTransaction = false
  const first = alone[access]
  const send = async (text: string, values?: unknown[]): Promise<QueryResult> => {
    if (text.startsWith(beginning)) isInTransaction = true
    if (isInTransaction) {
      const result = await client.query(text, values)
      if (ends.test(text)) isInTransaction = false
      return result
    }
    const whole = bound(text, values)
    // The server refuses what cannot be sent as text, in its own words.
    if (whole === undefined) return client.query(text, values)
    return withoutFirst(await client.query([...first, whole].join('; ')), first.length)
  }
  function query<Stream extends NodeJS.EventEmitter & { submit(connection: unknown): void }>(
    stream: Stream,
  ): Stream
  function query(text: string, values?: unknown[]): Promise<QueryResult>
  function query(what: unknown, values?: unknown[]): unknown {
    if (typeof what === 'string') return send(what, values)
    const stream = what as { readonly text?: string } & Parameters<Client['query']>[0]
    if (stream.text?.startsWith(beginning) === true) isInTransaction = true
    return client.query(what as never)
  }
  return {
    query,
    on: (...event) => client.on(...event),
    removeListener: (...event) => client.removeListener(...event),
  }
}

/** A query of one statement has one result, one of several a list of them; those of the settings are nobody's. */
function withoutFirst(results: unknown, count: number): QueryResult {
  const own = (results as readonly QueryResult[]).slice(count)
  return (own.length === 1 ? own[0] : own) as QueryResult
}

/** With its values written in, since only a query without parameters can hold several statements. */
function bound(text: string, values: readonly unknown[] = []): string | undefined {
  const written = values.map(valueSql)
  if (written.includes(undefined)) return undefined
  return values.length === 0
    ? text
    : text.replace(/\$(\d+)/g, (_, place) => written[Number(place) - 1] ?? 'null')
}

/** What the driver would make of it. Undefined for what no text can hold. */
function valueSql(value: unknown): string | undefined {
  const text = textOf(value)
  if (text === null) return 'null'
  return text === undefined || text.includes('\0') ? undefined : literal(text)
}

function textOf(value: unknown): string | null | undefined {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return listOf(value)
  if (value instanceof Date) return value.toISOString()
  if (ArrayBuffer.isView(value)) return undefined
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function listOf(values: readonly unknown[]): string | undefined {
  const elements = values.map(value => {
    const text = textOf(value)
    if (text === null || text === undefined) return text
    return Array.isArray(value) ? text : `"${text.replaceAll(/["\\]/g, '\\$&')}"`
  })
  return elements.includes(undefined) ? undefined : `{${elements.map(one => one ?? 'NULL').join(',')}}`
}
