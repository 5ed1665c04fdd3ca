// Names, titles and running text: plain ones for the most part, and those that break careless readers.
import type { Rng } from './rng.ts'

const firstNames = (
  'Ada Björn Chloé Dmitri Elif Femi Grace Hana Ines João Katarzyna Liam Mónica Noor Ottó Priya ' +
  'Quinn Rosa Søren Tomáš Uma Vera Wei Yuki Zoë'
).split(' ')
const lastNames = (
  'Abbott Brontë Çelik Dvořák Eriksen Fischer García Holm Ivanova Jensen Kowalska Larsen Müller ' +
  'Nowak Okafor Peña Reyes Šimić Tanaka Ünal Voss Weiß Yılmaz'
).split(' ')
const nicknames = ['Ace', 'Doc', 'Red', 'the Cat']
const foreignNames = [
  '山田 太郎',
  '김민준',
  'Мария Иванова',
  'Ελένη',
  'محمد علي',
  'שרה כהן',
  'สมชาย',
  'नेहा शर्मा',
]
const emoji = ['😀', '🚀', '👩‍💻', '🇳🇴', '🧵', '✍🏽']
const oddNames = ['NULL', '\\N', '\\.', "D'Arcy O'Neil", '=1+1', 'a\tb', '#hash', 'undefined', '{}', "'"]

export const words = (
  'amber anchor arrow autumn basin beacon birch bridge canal cedar cliff cloud copper coral crane ' +
  'delta dune ember fern field flint forest garden glacier granite harbor hazel heron hollow island ' +
  'ivory juniper kelp lagoon lantern linen maple marsh meadow mill mist moss north oak ocean olive ' +
  'orchard pebble pine prairie quarry rain reef ridge river saffron sail salt shore silver slate ' +
  'spruce stone summit thistle tide timber valley violet willow winter'
).split(' ')

/** A person's name; one in five has something that a CSV writer must quote or that is not ASCII. */
export function personName(rng: Rng): string {
  const first = rng.pick(firstNames)
  const last = rng.pick(lastNames)
  const shape = rng.below(50)
  if (shape >= 10) return `${first} ${last}`
  if (shape === 0) return `${last}, ${first}`
  if (shape === 1) return `${first} "${rng.pick(nicknames)}" ${last}`
  if (shape === 2) return `${first}\n${last}`
  if (shape === 3) return `"${last}",\r\n${first}`
  if (shape <= 5) return rng.pick(foreignNames)
  if (shape === 6) return `${first} ${rng.pick(emoji)}`
  if (shape === 7) return `Zoe\u0301 ${last}`
  if (shape === 8) return rng.pick(oddNames)
  return `${first} ${last.slice(0, 1)}. ${last}`
}

export function title(rng: Rng): string {
  const text = `${rng.pick(words)} and ${rng.pick(words)} in the ${rng.pick(words)}`
  const shape = rng.below(12)
  if (shape === 0) return `“${text}” ${rng.pick(emoji)}`
  if (shape === 1) return `${text}: ${rng.pick(foreignNames)}`
  if (shape === 2) return `"${text}", again`
  return text
}

const ornaments = [
  ' She said "yes, but no".',
  '\nA new line.\n\nAnd a paragraph.',
  '\tTabbed\tout.',
  ' C:\\temp\\new\\readme.txt',
  ' \\N \\. \\"',
  ' 100 % of <b>it</b> & more; drop table users; --',
  ' 😀 🚀 👩‍💻',
  ' Zu\u0308rich, naïve, Ærø',
  ' مرحبا بالعالم',
  ' 你好，世界',
  ' line\u2028separator',
  ' nbsp\u00a0here',
  ' \u0001 control',
  " it's $1 {{name}} %s",
  '\r\nDOS line',
]

/** Running text of this many words, now and then with something that needs escaping. */
export function text(length: number, rng: Rng): string {
  const sentence = Array.from({ length }, () => rng.pick(words)).join(' ')
  return rng.below(4) === 0 ? sentence + rng.pick(ornaments) : sentence
}

export function someTags(rng: Rng): string[] {
  const tags = Array.from({ length: rng.below(4) }, () => rng.pick(words))
  if (rng.below(20) === 0) tags.push('with, comma', 'with "quotes"', 'œuvre {a}')
  return tags
}
