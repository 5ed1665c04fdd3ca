// Values that break one rule each: e-mails, UUIDs, timestamps and slugs in the shapes seen in real files.
import { inTurn } from './fault.ts'

const emailShapes: ((word: string) => string)[] = [
  word => `${word}@bar`,
  word => `${word}.example.com`,
  word => `${word}@@example.com`,
  word => `${word}@home@example.com`,
  word => `${word} smith@example.com`,
  word => `${word}@exam ple.com`,
  word => `.${word}@example.com`,
  word => `${word}.@example.com`,
  word => `some..${word}@example.com`,
  word => `${word}@example..com`,
  word => `${word}@.com`,
  word => `${word}@`,
  () => '@example.com',
]

export function badEmail(index: number, rank: number): string {
  return inTurn(emailShapes, rank)(`user${index}`)
}

/** Well-formed in every other way: local part and labels keep their own limits. */
export function longEmail(index: number): string {
  const label = 'long-label'.repeat(6)
  return `${'l'.repeat(48)}.${index}@${label}.${label}.${label}.${label}.example.com`
}

const uuidShapes: ((id: string) => string)[] = [
  () => 'not-a-uuid',
  id => id.slice(0, 35),
  id => `${id}0`,
  id => `g${id.slice(1)}`,
  () => '12345',
  id => `${id.slice(0, 8)}_${id.slice(9)}`,
]

export function badUuid(id: string, rank: number): string {
  return inTurn(uuidShapes, rank)(id)
}

const timestampShapes = [
  '2024-02-30T10:00:00Z',
  '2024-05-17T08:30:00',
  'tomorrow',
  '2024-13-01T00:00:00Z',
  '2024-06-01T25:00:00Z',
  '2023-02-29T12:00:00+01:00',
  '2024-03-05',
  '05/03/2024 10:15',
  '2024-07-01T10:61:00Z',
]

export function badTimestamp(rank: number): string {
  return inTurn(timestampShapes, rank)
}

const slugShapes: ((slug: string) => string)[] = [
  slug => slug.toUpperCase(),
  slug => slug.replaceAll('-', ' '),
  slug => slug.replaceAll('-', '_'),
  slug => `-${slug}`,
  slug => `${slug}-`,
  slug => slug.replace('-', '--'),
  slug => `${slug}!`,
  slug => `${slug}.html`,
  slug => `café-${slug}`,
  slug => `${'long-'.repeat(51)}${slug}`,
]

export function badSlug(slug: string, rank: number): string {
  return inTurn(slugShapes, rank)(slug)
}
