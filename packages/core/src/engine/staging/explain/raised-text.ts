// What code of the application raised → a sentence: its own message and hint, unless the resource keeps them back.
import { reportedValue } from '../../../errors/record-error.ts'
import { type Diagnosis, raised } from '../merge/constraint-failure.ts'
import type { FailureReport, Known } from './failure-error.ts'

export function raisedText(
  { target: { resource } }: Known,
  { state, message, hint }: Diagnosis,
): FailureReport {
  const isShown = state === raised && resource.showTriggerMessages
  // RAISE without a message says the SQLSTATE.
  const texts = isShown ? [message === raised ? null : message, hint] : []
  const words = texts.map(said).filter(text => text !== '')
  return words.length === 0
    ? { sentence: 'raised without a word' }
    : { sentence: 'raised', words: words.join(' ') }
}

/** On one line, cut like a value, with a full stop. */
function said(text: string | null): string {
  const line = (text ?? '').replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  if (line === '') return ''
  const cut = reportedValue(line) ?? ''
  return /[.!?:;…]$/.test(cut) ? cut : `${cut}.`
}
