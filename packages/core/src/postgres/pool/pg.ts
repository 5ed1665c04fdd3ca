// Structural types for the parts of `pg` that Lading uses, so that the types of any pg 8 fit.

export interface QueryResult<Row = Record<string, unknown>> {
  readonly rows: Row[]
  readonly rowCount: number | null
}

/** The part of a `pg` client that Lading uses. */
export interface Client {
  query<Stream extends NodeJS.EventEmitter & { submit(connection: unknown): void }>(stream: Stream): Stream
  query(text: string, values?: unknown[]): Promise<QueryResult>
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener(event: 'error', listener: (error: Error) => void): unknown
}

export interface PooledClient extends Client {
  release(error?: Error | boolean): void
}

/** The part of a `pg.Pool` that Lading uses. */
export interface Pool {
  connect(): Promise<PooledClient>
  on?(event: 'error', listener: (error: Error) => void): unknown
  on?(event: 'connect', listener: (client: Client) => void): unknown
  readonly totalCount?: number
  readonly idleCount?: number
  readonly waitingCount?: number
  readonly options?: { readonly query_timeout?: number | undefined; readonly max?: number | undefined }
}
