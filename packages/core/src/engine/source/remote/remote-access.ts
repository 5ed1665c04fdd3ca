// What the owner of a server says of remote files → a checked policy, a resolver and limits.
import { lookup } from 'node:dns/promises'
import { defaults } from '../../../config/defaults.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import { type AddressPolicy, addressPolicy } from './address-policy.ts'

export interface RemoteOptions {
  /**
   * What may be fetched from beside public servers on the ports 80 and 443. `files.corp` (a host) and `*.corp` (the
   * hosts below one) wherever their names lead to; `10.1.0.0/16`, `10.1.2.3`, `fd00::/8` (networks), whatever the name.
   * Each on the ports 80 and 443, or on those that it names: `files.corp:8080`, `[fd00::/8]:8000-8999`, `10.1.2.3:*`.
   * `:8443` is a port of public servers. @defaultValue nothing
   */
  readonly allow?: readonly string[] | undefined
  /** All addresses of a host; asked once for each connection, and what it says is connected to. @defaultValue the system's */
  readonly lookup?: ((host: string) => Promise<readonly string[]>) | undefined
  /** Seconds that one file may take in all. @defaultValue 3600 */
  readonly maxSeconds?: number | undefined
  /** Bytes a second that a file must come with. Less lets more workers be held up by slow servers. @defaultValue 1024 */
  readonly minBytesPerSecond?: number | undefined
  /** Seconds of waiting over which that is judged. @defaultValue 30 */
  readonly rateSeconds?: number | undefined
  /** Seconds for a connection. @defaultValue 10 */
  readonly connectSeconds?: number | undefined
  /** Seconds until a server begins to answer. @defaultValue 60 */
  readonly answerSeconds?: number | undefined
  /** Milliseconds before a transfer that broke is gone on with; doubled each time. @defaultValue 500 */
  readonly pauseMs?: number | undefined
}

/** The same, checked and complete. */
export interface RemoteAccess extends Complete<Omit<RemoteOptions, 'allow'>> {
  readonly policy: AddressPolicy
}

type Complete<Options> = { readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined> }

/** @throws LadingError `CONFIG_INVALID` */
export function remoteAccess(options: RemoteOptions = {}): RemoteAccess {
  return {
    policy: addressPolicy(options.allow),
    lookup: options.lookup ?? systemLookup,
    maxSeconds: positive('maxSeconds', options.maxSeconds ?? defaults.remoteSeconds),
    minBytesPerSecond: positive(
      'minBytesPerSecond',
      options.minBytesPerSecond ?? defaults.remoteBytesPerSecond,
    ),
    rateSeconds: positive('rateSeconds', options.rateSeconds ?? defaults.remoteRateSeconds),
    connectSeconds: positive('connectSeconds', options.connectSeconds ?? defaults.remoteConnectSeconds),
    answerSeconds: positive('answerSeconds', options.answerSeconds ?? defaults.remoteAnswerSeconds),
    pauseMs: positive('pauseMs', options.pauseMs ?? defaults.remotePauseMs),
  }
}

/** @throws LadingError `CONFIG_INVALID` for what `createJobs({ remote })` would not take */
export function checkRemote(options: RemoteOptions): void {
  remoteAccess(options)
}

async function systemLookup(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, verbatim: true })
  return found.map(({ address }) => address)
}

function positive(name: string, value: number): number {
  // A timer that is longer than this fires at once.
  if (value > 0 && value <= 2_000_000) return value
  throw new LadingError('CONFIG_INVALID', `The option remote.${name} must be a number above 0.`)
}
