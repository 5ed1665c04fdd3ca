// Finds texts that look like another text: with invisible characters, or with white space at an edge.
import { invisibleCharacter } from '../../util/text/invisible.ts'

const joining = [
  ...['Arabic', 'Syriac', 'Nko', 'Mandaic', 'Mongolian', 'Phags_Pa', 'Devanagari', 'Bengali', 'Gurmukhi'],
  ...[
    'Gujarati',
    'Oriya',
    'Tamil',
    'Telugu',
    'Kannada',
    'Malayalam',
    'Sinhala',
    'Khmer',
    'Myanmar',
    'Tibetan',
  ],
  ...['Balinese', 'Javanese', 'Sundanese', 'Tai_Tham', 'Chakma', 'Grantha'],
]
const spaceless = ['Thai', 'Lao', 'Khmer', 'Myanmar', 'Tibetan', 'Tai_Tham', 'New_Tai_Lue', 'Tai_Viet']

const oneOf = (scripts: readonly string[]) => `[${scripts.map(script => `\\p{scx=${script}}`).join('')}]`

/** Invisible characters that change how a text reads. */
const needed = [
  // Variation selectors after signs, emoji (a digit only as a keycap), ideographs, Mongolian letters.
  '(?:(?![0-9#*])[\\p{Emoji}\\p{S}\\p{scx=Han}\\p{scx=Myanmar}]|[0-9#*](?=\\ufe0f\\u20e3))[\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]',
  '(?<=\\p{scx=Mongolian})[\\u180b-\\u180f]',
  // Emoji sequences, and flags of regions.
  '(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})',
  '\\u{1f3f4}[\\u{e0020}-\\u{e007e}]+\\u{e007f}',
  // Joiners between letters, and word breaks in scripts without spaces.
  `(?<=${oneOf(joining)})[\\u200c\\u200d](?=${oneOf(joining)})`,
  `(?<=${oneOf(spaceless)})\\u200b(?=${oneOf(spaceless)})`,
]

const neededParts = new RegExp(needed.join('|'), 'gu')
const invisible = new RegExp(invisibleCharacter, 'u')
const edge = /^[\p{White_Space}\p{Cc}]|[\p{White_Space}\p{Cc}]$/u
const beyondAscii = /[^\0-\x7f]/

/** High surrogates of the blocks that hold invisible characters. */
const surrogates = [0xd82f, 0xd834, 0xdb40, 0xdb41, 0xdb42, 0xdb43]

/** By code unit: 1 if a text that holds it needs the full check. Built on first use. */
let suspects: Uint8Array | undefined

/**
 * Whether a text holds an invisible character that readers do not need, or begins or ends with white space or a control
 * character. Costs 15 ns for a text known to be ASCII, 50 ns or more for any other.
 */
export function holdsInvisible(text: string, isAscii: boolean): boolean {
  const last = text.length - 1
  if (last < 0) return false
  const hasVisibleEdges = isVisibleAscii(text.charCodeAt(0)) && isVisibleAscii(text.charCodeAt(last))
  if (!hasVisibleEdges && edge.test(text)) return true
  if (isAscii || !beyondAscii.test(text)) return false
  return hasSuspect(text) && invisible.test(text.replace(neededParts, ''))
}

/** True for ASCII characters that are neither white space nor control characters. */
function isVisibleAscii(code: number): boolean {
  return code > 0x20 && code < 0x7f
}

function hasSuspect(text: string): boolean {
  suspects ??= suspectUnits()
  for (let index = 0; index < text.length; index++) if (suspects[text.charCodeAt(index)] === 1) return true
  return false
}

function suspectUnits(): Uint8Array {
  const units = Uint8Array.from({ length: 0x10000 }, (_, code) =>
    invisible.test(String.fromCharCode(code)) ? 1 : 0,
  )
  for (const surrogate of surrogates) units[surrogate] = 1
  return units
}
