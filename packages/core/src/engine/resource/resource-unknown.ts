// The fault for an unknown resource name. It lists the known names, and can be narrowed to those a caller may know.
import { LadingError } from '../../errors/lading-error.ts'
import { nearest } from '../../util/text/suggest.ts'

export class ResourceUnknown extends LadingError {
  constructor(
    readonly resourceName: string,
    /** Names of all resources; the message lists them. */
    readonly known: readonly string[],
  ) {
    super('RESOURCE_UNKNOWN', sentence(resourceName, known))
  }

  /** The same fault limited to these names: other names are neither listed nor suggested. */
  among(names: readonly string[]): ResourceUnknown {
    return new ResourceUnknown(
      this.resourceName,
      this.known.filter(name => names.includes(name)),
    )
  }

  /** Compares by brand like every fault, so that a fault of a second copy of this package can be narrowed too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof LadingError && value.code === 'RESOURCE_UNKNOWN' && 'among' in value
  }
}

function sentence(name: string, known: readonly string[]): string {
  const hint = nearest(name, known)
  return `Unknown resource "${name}"; ${hint ? `did you mean "${hint}"? Known` : 'known'}: ${known.join(', ') || 'none'}.`
}
