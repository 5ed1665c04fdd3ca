// A statement outside a transaction → the same statement in its own transaction, with the settings of all Lading transactions.
import { literal } from '../identifier.ts'
import type { Client, QueryResult } from '../pool/pg.ts'
import { beginPrefix, standaloneSetup } from './transaction.ts'

const endPattern = /(?:^|;\s*)(?:commit|rollback)$/

/**
 * Wraps a connection. A statement outside a transaction is sent after the settings in one query, hence one round trip:
 * PostgreSQL runs such a query as one transaction. Otherwise a role that defaults to `serializable`, `read only` or
 * another date style would change what the statement does or what the driver reads.
 *
 * @param access access mode of statements outside a transaction
 */
export function withStandaloneSettings(client: Client, access: keyof typeof standaloneSetup): Client {
  let isInTransaction = false
  const setup = standaloneSetup[access]
  const send = async (text: string, values?: unknown[]): Promise<QueryResult> => {
    if (text.startsWith(beginPrefix)) isInTransaction = true
    if (isInTransaction) {
      const result = await client.query(text, values)
      if (endPattern.test(text)) isInTransaction = false
      return result
    }
    const inlined = inlineValues(text, values)
    // Values that cannot be sent as text: the server reports the error.
    if (inlined === undefined) return client.query(text, values)
    return withoutSetupResults(await client.query([...setup, inlined].join('; ')), setup.length)
  }
  function query<Stream extends NodeJS.EventEmitter & { submit(connection: unknown): void }>(
    stream: Stream,
  ): Stream
  function query(text: string, values?: unknown[]): Promise<QueryResult>
  function query(textOrStream: unknown, values?: unknown[]): unknown {
    if (typeof textOrStream === 'string') return send(textOrStream, values)
    const stream = textOrStream as { readonly text?: string } & Parameters<Client['query']>[0]
    if (stream.text?.startsWith(beginPrefix) === true) isInTransaction = true
    return client.query(textOrStream as never)
  }
  return {
    query,
    on: (...event) => client.on(...event),
    removeListener: (...event) => client.removeListener(...event),
  }
}

/** Drops the results of the settings. A query with one statement has one result, one with several has a list. */
function withoutSetupResults(results: unknown, count: number): QueryResult {
  const ownResults = (results as readonly QueryResult[]).slice(count)
  return (ownResults.length === 1 ? ownResults[0] : ownResults) as QueryResult
}

/** Inlines the values, since only a query without parameters can hold several statements. */
function inlineValues(text: string, values: readonly unknown[] = []): string | undefined {
  const literals = values.map(valueSql)
  if (literals.includes(undefined)) return undefined
  return values.length === 0
    ? text
    : text.replace(/\$(\d+)/g, (_, place) => literals[Number(place) - 1] ?? 'null')
}

/** The value as the driver would send it. Undefined if no text can hold it. */
function valueSql(value: unknown): string | undefined {
  const text = textOf(value)
  if (text === null) return 'null'
  return text === undefined || text.includes('\0') ? undefined : literal(text)
}

function textOf(value: unknown): string | null | undefined {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return arrayText(value)
  if (value instanceof Date) return value.toISOString()
  if (ArrayBuffer.isView(value)) return undefined
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function arrayText(values: readonly unknown[]): string | undefined {
  const elements = values.map(value => {
    const text = textOf(value)
    if (text === null || text === undefined) return text
    return Array.isArray(value) ? text : `"${text.replaceAll(/["\\]/g, '\\$&')}"`
  })
  return elements.includes(undefined) ? undefined : `{${elements.map(one => one ?? 'NULL').join(',')}}`
}
