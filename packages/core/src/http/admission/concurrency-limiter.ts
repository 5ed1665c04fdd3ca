// ConcurrencyLimiter: limits how many costly requests run at the same time, in total and per caller.
import { finished, Readable } from 'node:stream'
import { pacedReader } from '../../engine/source/reader-rate.ts'
import type { MinimumRate } from '../../engine/source/source-rate.ts'
import type { HttpRequest, HttpResponse } from '../wire/message.ts'
import { type HttpCode, HttpFault } from '../wire/problem.ts'

export interface ConcurrencyLimiter {
  /**
   * Runs the work in a slot of its own. The slot is released when the response is sent or fails.
   *
   * @throws HttpFault if no slot is free; the work is not started
   */
  withSlot(request: HttpRequest, work: () => Promise<HttpResponse> | HttpResponse): Promise<HttpResponse>
}

export interface ConcurrencyLimiterOptions {
  readonly all: number
  readonly perCaller: number
  readonly code: HttpCode
  /** The plural noun for an error message, such as `uploads`. */
  readonly what: string
  /** The minimum rate at which the client must read the response. @defaultValue no minimum */
  readonly rate?: MinimumRate | undefined
}

export function createConcurrencyLimiter({
  all,
  perCaller,
  code,
  what,
  rate,
}: ConcurrencyLimiterOptions): ConcurrencyLimiter {
  let active = 0
  const activeByCaller = new Map<string, number>()

  const acquire = (callerKey: string | undefined): (() => void) => {
    // A caller below its own limit learns only that the server is busy, not what others do.
    const own = callerKey === undefined ? 0 : (activeByCaller.get(callerKey) ?? 0)
    if (own >= perCaller) {
      throw new HttpFault(
        code,
        `You have ${own} ${what} under way, and may have no more; wait until one ends.`,
      )
    }
    if (active >= all)
      throw new HttpFault(code, `The server has no room for more ${what}; try again shortly.`)
    active++
    if (callerKey !== undefined) activeByCaller.set(callerKey, own + 1)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      active--
      if (callerKey === undefined) return
      const remaining = (activeByCaller.get(callerKey) ?? 1) - 1
      // Only callers with a slot are kept, so that the map stays bounded.
      if (remaining === 0) activeByCaller.delete(callerKey)
      else activeByCaller.set(callerKey, remaining)
    }
  }

  return {
    async withSlot(request, work) {
      const release = acquire(callerKeyOf(request))
      try {
        const response = await work()
        const { body } = response
        if (!(body instanceof Readable)) {
          release()
          return response
        }
        // Runs when the body closes, even if its reader disconnected earlier.
        finished(body, release)
        return rate === undefined ? response : { ...response, body: pacedReader(body, rate, tooSlow) }
      } catch (error) {
        release()
        throw error
      }
    },
  }
}

/** The status line has been sent already, so this error only breaks the connection. */
const tooSlow = () => new Error('The client takes its answer too slowly.')

/** The tenant and principal if the host knows them, else the address; undefined if there is neither. */
function callerKeyOf({ access, remoteAddress }: HttpRequest): string | undefined {
  const { caller } = access
  if (caller !== undefined) return JSON.stringify([caller.tenant ?? null, caller.principal ?? null])
  return remoteAddress
}
