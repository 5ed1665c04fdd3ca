// A name that no resource has → a fault that says which there are, and says less to whoever may not know them all.
import { LadingError } from '../../errors/lading-error.ts'
import { nearest } from '../../util/text/suggest.ts'

export class ResourceUnknown extends LadingError {
  constructor(
    readonly wanted: string,
    /** All that there are; the sentence names them. */
    readonly known: readonly string[],
  ) {
    super('RESOURCE_UNKNOWN', sentence(wanted, known))
  }

  /** The fault as it would be if there were no others than these: a name that is left out is not suggested either. */
  among(names: readonly string[]): ResourceUnknown {
    return new ResourceUnknown(
      this.wanted,
      this.known.filter(name => names.includes(name)),
    )
  }

  /** Like every fault by brand, so that one of a second copy of this package is made to say less too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof LadingError && value.code === 'RESOURCE_UNKNOWN' && 'among' in value
  }
}

function sentence(wanted: string, known: readonly string[]): string {
  const hint = nearest(wanted, known)
  return `Unknown resource "${wanted}"; ${hint ? `did you mean "${hint}"? Known` : 'known'}: ${known.join(', ') || 'none'}.`
}
