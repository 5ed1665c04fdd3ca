// An error raised by the application's own code → a sentence with its message and hint, unless the resource hides them.
import { reportedValue } from '../../../errors/record-error.ts'
import { type Diagnosis, raised } from '../merge/constraint-failure.ts'
import type { FailureContext, FailureReport } from './failure-error.ts'

export function raisedText(
  { target: { resource } }: FailureContext,
  { state, message, hint }: Diagnosis,
): FailureReport {
  const isShown = state === raised && resource.showTriggerMessages
  // RAISE without a message uses the SQLSTATE as its message.
  const texts = isShown ? [message === raised ? null : message, hint] : []
  const words = texts.map(asSentence).filter(text => text !== '')
  return words.length === 0
    ? { sentence: 'raised without a word' }
    : { sentence: 'raised', words: words.join(' ') }
}

/** Returns the text on one line, truncated like a value, with a full stop. */
function asSentence(text: string | null): string {
  const line = (text ?? '').replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  if (line === '') return ''
  const cut = reportedValue(line) ?? ''
  return /[.!?:;…]$/.test(cut) ? cut : `${cut}.`
}
