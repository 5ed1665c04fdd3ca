// The order in which batches on several connections commit: that of the file, one after the other.

/** The turn of one batch. Methods reject once the run has ended. */
export interface BatchTurn {
  /** Call it before a transaction begins. @returns false if the batch must wait for its turn first */
  open(): boolean
  /** Resolves when the batch may commit, or must roll back because an earlier one needs the table for itself (false). */
  mayCommit(): Promise<boolean>
  /** Call it without an open transaction. Resolves when every earlier batch is committed. */
  come(): Promise<void>
  /** The same, and no later batch has a transaction open. */
  alone(): Promise<void>
  /** The batch waited for a lock that a later batch may hold: PostgreSQL cannot see such a cycle. */
  blocked(): void
}

/** After so many of them, batches no longer overlap. */
const mostBlocks = 3

export class BatchOrder {
  /** The batch whose turn it is. */
  private current = 0
  /** The batch that has the table for itself. */
  private holder: number | undefined
  private readonly opened = new Set<number>()
  private blocks = 0
  private hasEnded = false
  private waiting: (() => void)[] = []

  /** The batch with this number, from 0, has been committed and reported. */
  done(number: number): void {
    this.current = number + 1
    this.holder = undefined
    this.opened.delete(number)
    this.changed()
  }

  /** The run has ended: batches that are still open never get their turn. */
  end(): void {
    this.hasEnded = true
    this.changed()
  }

  turn(number: number): BatchTurn {
    const isHeld = () => this.holder !== undefined && this.holder !== number
    const come = async () => {
      this.opened.delete(number)
      this.changed()
      await this.until(() => this.current === number)
    }
    return {
      open: () => {
        if (this.current !== number && (isHeld() || this.blocks >= mostBlocks)) return false
        this.opened.add(number)
        return true
      },
      mayCommit: async () => {
        await this.until(() => this.current === number || isHeld())
        return this.current === number
      },
      come,
      alone: async () => {
        await come()
        this.holder = number
        this.changed()
        await this.until(() => this.opened.size === 0)
      },
      blocked: () => {
        this.blocks++
      },
    }
  }

  private async until(isTrue: () => boolean): Promise<void> {
    for (;;) {
      if (this.hasEnded) throw new Error('The run ended before the turn of this batch.')
      if (isTrue()) return
      await new Promise<void>(resolve => this.waiting.push(resolve))
    }
  }

  private changed(): void {
    const waiting = this.waiting
    this.waiting = []
    for (const resolve of waiting) resolve()
  }
}
