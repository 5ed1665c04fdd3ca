// Makes the users: record i as a CSV line with the errors planted in it, and ids that others can refer to.
import { cell } from './csv.ts'
import { createPlace, type Draft, type WrittenRecord } from './fault.ts'
import { Plan } from './plan.ts'
import { createReferable, type Referable } from './referable.ts'
import { type Rng, stream } from './rng.ts'
import { madeAt, timestamp } from './timestamps.ts'
import { rejectedUserKinds, type UserRow, type UserSource, userFaults, userVarieties } from './user-faults.ts'
import { uuid } from './uuid.ts'
import { personName, words } from './words.ts'

export interface Users extends Referable {
  record(index: number): WrittenRecord
}

export const usersHeader = 'id,email,name,role,active,created_at,updated_at\n'

const domains = ['example.com', 'example.org', 'example.net', 'mail.example.com', 'x-1.example.co.uk']

export function createUsers(seed: number, count: number, clean: boolean): Users {
  const ids = stream(seed, 'users.id')
  const emails = stream(seed, 'users.email')
  const cells = stream(seed, 'users.cells')
  const accidents = stream(seed, 'users.faults')
  const kinds = clean ? userVarieties : { ...userFaults, ...userVarieties }
  const plan = new Plan(seed, 'users', count, kinds)

  const source: UserSource = {
    id: index => uuid(ids(index)),
    email: index => emailOf(index, emails(index)),
  }

  function record(index: number): WrittenRecord {
    const slot = plan.slotOf(index)
    const draft: Draft<UserRow> = { row: goodRow(index, cells(index), source) }
    const fault = slot.kind === undefined ? undefined : kinds[slot.kind]
    const errors = fault?.plant(draft, createPlace(plan, index, slot, accidents(index)), source) ?? []
    return { text: csvLine(draft.row), errors }
  }

  return { record, ...createReferable(plan, source.id, rejectedUserKinds) }
}

/** The number after the last letter is that of the record, so no two records have the same one. */
function emailOf(index: number, rng: Rng): string {
  const separator = rng.pick(['', '', '.', '_', '+list-', "'"])
  return `${rng.pick(words)}${separator}${index}@${rng.pick(domains)}`
}

function goodRow(index: number, rng: Rng, source: UserSource): UserRow {
  const made = madeAt(index, rng)
  return {
    id: source.id(index),
    email: spelled(source.email(index), rng),
    name: cell(personName(rng)),
    role: rng.pick(['admin', 'author', 'author', 'reader', 'reader', 'reader']),
    active: rng.pick(['true', 'true', 'true', 'true', 'false', 'false', '1', '0']),
    created_at: rng.below(50) === 0 ? '' : timestamp(made, rng),
    updated_at: rng.below(50) === 0 ? '' : timestamp(made + 300 + rng.below(86_400), rng),
  }
}

/** E-mails are trimmed and put in lower case on the way in: some are written the way people type them. */
function spelled(email: string, rng: Rng): string {
  const spelling = rng.below(40)
  if (spelling === 0) return email.toUpperCase()
  if (spelling === 1) return ` ${email}`
  if (spelling === 2) return `${email}  `
  if (spelling === 3) return email.slice(0, 1).toUpperCase() + email.slice(1)
  return email
}

function csvLine(row: UserRow): string {
  const { id, email, name, role, active, created_at, updated_at } = row
  return `${id},${email},${name},${role},${active},${created_at},${updated_at}\n`
}
