// Error counts of a job by code and field, so that lists need no count.

/** Errors of one code and one field, or of the record as a whole (`''`). */
export type ErrorCount = readonly [code: string, field: string, count: number]

/** Filter of errors; `field: ''` selects those of whole records. */
export interface ErrorFilter {
  readonly code?: string | undefined
  readonly field?: string | undefined
}

/** Counts by code and field. Immutable: `plus` returns a new one. */
export class ErrorCounts {
  private constructor(private readonly byPair: ReadonlyMap<string, ErrorCount>) {}

  static of(counts: readonly ErrorCount[]): ErrorCounts {
    return new ErrorCounts(new Map(counts.map(count => [pairOf(count[0], count[1]), count])))
  }

  plus(errors: readonly { readonly code: string; readonly field: string | null }[]): ErrorCounts {
    if (errors.length === 0) return this
    const byPair = new Map(this.byPair)
    for (const { code, field } of errors) {
      const key = pairOf(code, field)
      byPair.set(key, [code, field ?? '', (byPair.get(key)?.[2] ?? 0) + 1])
    }
    return new ErrorCounts(byPair)
  }

  ofPair(pair: string): number {
    return this.byPair.get(pair)?.[2] ?? 0
  }

  matching({ code, field }: ErrorFilter): number {
    let sum = 0
    for (const [ofCode, ofField, count] of this.byPair.values()) {
      if ((code === undefined || code === ofCode) && (field === undefined || field === ofField)) sum += count
    }
    return sum
  }

  list(): readonly ErrorCount[] {
    return [...this.byPair.values()]
  }
}

/** A text key for a code and a field. */
export function pairOf(code: string, field: string | null): string {
  return JSON.stringify([code, field ?? ''])
}
