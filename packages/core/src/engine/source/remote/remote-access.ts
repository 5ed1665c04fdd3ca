// The operator's options for remote files → a checked policy, a resolver and limits.
import { lookup } from 'node:dns/promises'
import { defaults } from '../../../config/defaults.ts'
import { positiveNumber, timerSeconds } from '../../../config/numbers.ts'
import { type AddressPolicy, addressPolicy } from './address-policy.ts'

export interface RemoteOptions {
  /**
   * Sources allowed in addition to public servers on ports 80 and 443. `files.corp` (a host) and `*.corp` (the hosts below
   * one) allow any address that the name resolves to. `10.1.0.0/16`, `10.1.2.3` and `fd00::/8` (networks) allow any name.
   * An entry applies to ports 80 and 443, or to those that it names: `files.corp:8080`, `[fd00::/8]:8000-8999`,
   * `10.1.2.3:*`. `:8443` allows this port of public servers. @defaultValue none
   */
  readonly allow?: readonly string[] | undefined
  /** Returns all addresses of a host. Called once per connection, which uses only these addresses. @defaultValue the system's resolver */
  readonly lookup?: ((host: string) => Promise<readonly string[]>) | undefined
  /** Maximum total time for one file in seconds. @defaultValue 3600 */
  readonly maxSeconds?: number | undefined
  /** Minimum transfer rate in bytes per second. A lower rate lets slow servers occupy more workers. @defaultValue 1024 */
  readonly minBytesPerSecond?: number | undefined
  /** Window in seconds over which the rate is measured; only time spent waiting counts. @defaultValue 30 */
  readonly rateSeconds?: number | undefined
  /** Timeout in seconds for a connection. @defaultValue 10 */
  readonly connectSeconds?: number | undefined
  /** Timeout in seconds until a server begins to respond. @defaultValue 60 */
  readonly answerSeconds?: number | undefined
  /** Milliseconds before an interrupted transfer resumes; doubled each time. @defaultValue 500 */
  readonly pauseMs?: number | undefined
}

/** The same options, checked and with defaults applied. */
export interface RemoteAccess extends Complete<Omit<RemoteOptions, 'allow'>> {
  readonly policy: AddressPolicy
}

type Complete<Options> = { readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined> }

/** @throws LadingError `CONFIG_INVALID` */
export function remoteAccess(options: RemoteOptions = {}): RemoteAccess {
  return {
    policy: addressPolicy(options.allow),
    lookup: options.lookup ?? systemLookup,
    maxSeconds: seconds('maxSeconds', options.maxSeconds ?? defaults.remoteSeconds),
    minBytesPerSecond: positiveNumber(
      'remote.minBytesPerSecond',
      options.minBytesPerSecond ?? defaults.remoteBytesPerSecond,
    ),
    rateSeconds: seconds('rateSeconds', options.rateSeconds ?? defaults.remoteRateSeconds),
    connectSeconds: seconds('connectSeconds', options.connectSeconds ?? defaults.remoteConnectSeconds),
    answerSeconds: seconds('answerSeconds', options.answerSeconds ?? defaults.remoteAnswerSeconds),
    pauseMs: seconds('pauseMs', options.pauseMs ?? defaults.remotePauseMs),
  }
}

function seconds(name: string, value: number): number {
  return timerSeconds(`remote.${name}`, value)
}

/** Checks the options without using them. @throws LadingError `CONFIG_INVALID` if `createJobs({ remote })` would reject them */
export function checkRemote(options: RemoteOptions): void {
  remoteAccess(options)
}

async function systemLookup(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, verbatim: true })
  return found.map(({ address }) => address)
}
