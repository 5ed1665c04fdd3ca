// The setting `name:n[:signal]` → a process that sends a signal to itself, and says so before, at the n-th pass.
import type { Failpoint } from '../../packages/core/src/internal.ts'
import type { Cut } from './settings.ts'

export interface CountedSteps {
  pass(step: Cut | Failpoint): void
  isDue(step: Cut | Failpoint): boolean
}

/** @param fired called right before; its effects must be complete when it returns */
export function countedSteps(setting: string | undefined, fired: (name: string) => void): CountedSteps {
  const [name, nth = '1', signal = 'SIGKILL'] = setting?.split(':') ?? []
  let left = Number(nth)
  return {
    isDue: step => step === name && left === 1,
    pass(step) {
      if (step !== name) return
      left--
      if (left !== 0) return
      fired(name)
      process.kill(process.pid, signal as NodeJS.Signals)
    },
  }
}
