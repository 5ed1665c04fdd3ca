// Places for what is costly: a number of them for all, and a smaller one for each caller; whoever comes too late is told so.
import { finished, Readable } from 'node:stream'
import { pacedReader } from '../../engine/source/reader-rate.ts'
import type { Rate } from '../../engine/source/source-rate.ts'
import type { HttpRequest, HttpResponse } from '../wire/message.ts'
import { type HttpCode, HttpFault } from '../wire/problem.ts'

export interface ConcurrencyLimiter {
  /**
   * Does the work in a place of its own, which is free again when its answer is sent or has broken.
   *
   * @throws HttpFault where there is no place; the work is not begun
   */
  withSlot(request: HttpRequest, work: () => Promise<HttpResponse> | HttpResponse): Promise<HttpResponse>
}

export interface ConcurrencyLimiterOptions {
  readonly all: number
  readonly perCaller: number
  readonly code: HttpCode
  /** What there are too many of, as part of a sentence. */
  readonly what: string
  /** How fast whoever is answered has to take the answer, while it is waited for. @defaultValue as it likes */
  readonly rate?: Rate | undefined
}

export function createConcurrencyLimiter({
  all,
  perCaller,
  code,
  what,
  rate,
}: ConcurrencyLimiterOptions): ConcurrencyLimiter {
  let taken = 0
  const takenBy = new Map<string, number>()

  const take = (who: string | undefined): (() => void) => {
    // What others do is not told: whoever is below the limit of their own learns only that the server is busy.
    const own = who === undefined ? 0 : (takenBy.get(who) ?? 0)
    if (own >= perCaller) {
      throw new HttpFault(
        code,
        `You have ${own} ${what} under way, and may have no more; wait until one ends.`,
      )
    }
    if (taken >= all) throw new HttpFault(code, `The server has no room for more ${what}; try again shortly.`)
    taken++
    if (who !== undefined) takenBy.set(who, own + 1)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      taken--
      if (who === undefined) return
      const left = (takenBy.get(who) ?? 1) - 1
      // Only those who have a place are remembered: there are more addresses than memory.
      if (left === 0) takenBy.delete(who)
      else takenBy.set(who, left)
    }
  }

  return {
    async withSlot(request, work) {
      const release = take(whoAsks(request))
      try {
        const response = await work()
        const { body } = response
        if (!(body instanceof Readable)) {
          release()
          return response
        }
        // What is held is given back when this is closed, also where its reader has gone before.
        finished(body, release)
        return rate === undefined ? response : { ...response, body: pacedReader(body, rate, tooSlow) }
      } catch (error) {
        release()
        throw error
      }
    },
  }
}

/** The status is sent already: it breaks the connection, and is told to nobody else. */
const tooSlow = () => new Error('The client takes its answer too slowly.')

/** A tenant and a principal if the host knows them, else the address; undefined where there is nothing to go by. */
function whoAsks({ access, remoteAddress }: HttpRequest): string | undefined {
  const { caller } = access
  if (caller !== undefined) return JSON.stringify([caller.tenant ?? null, caller.principal ?? null])
  return remoteAddress
}
