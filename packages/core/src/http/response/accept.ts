// Content negotiation: the media type that an Accept header prefers (RFC 9110, 12.5.1), and whether gzip is accepted.

interface Range {
  readonly type: string
  readonly quality: number
}

/**
 * The preferred offer, the first of equals. It is also the first offer if the header is absent or accepts none of
 * them: a response in another type is more useful to a client than none.
 */
export function preferredType<Offer extends string>(
  accept: string | undefined,
  offers: readonly [Offer, ...Offer[]],
): Offer {
  const ranges = (accept ?? '*/*').split(',').map(rangeOf)
  let [best] = offers
  let highest = 0
  for (const offer of offers) {
    const quality = qualityOf(offer, ranges)
    if (quality <= highest) continue
    best = offer
    highest = quality
  }
  return best
}

/** Whether an Accept-Encoding header rates gzip at least as high as no coding (RFC 9110, 12.5.3). */
export function acceptsGzip(accepted: string | undefined): boolean {
  const codings = (accepted ?? '').split(',').map(rangeOf)
  const qualityOf = (...names: readonly string[]) => codings.find(({ type }) => names.includes(type))?.quality
  const gzip = qualityOf('gzip', 'x-gzip') ?? qualityOf('*') ?? 0
  return gzip > 0 && gzip >= (qualityOf('identity') ?? 0)
}

/** Uses the most specific range that matches: `text/csv;q=0, text/*` accepts any text but CSV. */
function qualityOf(offer: string, ranges: readonly Range[]): number {
  const [main] = offer.split('/')
  for (const candidate of [offer, `${main}/*`, '*/*']) {
    const found = ranges.find(({ type }) => type === candidate)
    if (found !== undefined) return found.quality
  }
  return 0
}

function rangeOf(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map(part => part.trim().toLowerCase())
  const weight = parameters.find(parameter => parameter.startsWith('q='))?.slice(2)
  const quality = weight === undefined ? 1 : Number(weight)
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 }
}
