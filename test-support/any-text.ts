// Any text at random, with characters of every plane of Unicode.
import fc from 'fast-check'

/** A code point that is no half of a surrogate pair. */
const codePoint = fc.integer({ min: 0, max: 0x10ffff }).filter(point => point < 0xd800 || point > 0xdfff)

/** As `fc.string({ unit: 'binary' })`, which takes a second to list all code points first. */
export const anyText = fc.array(codePoint).map(points => String.fromCodePoint(...points))
