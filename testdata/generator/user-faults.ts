// What can be wrong with a user, in which share of the records, and which errors that must give.
import { badEmail, badTimestamp, badUuid, longEmail } from './bad-values.ts'
import { error, type Faults, inTurn, missing, sets } from './fault.ts'

/** The cells as they stand in the file, quotes included. */
export interface UserRow {
  id: string
  email: string
  name: string
  role: string
  active: string
  created_at: string
  updated_at: string
}

/** The values of any user, known without making its record. */
export interface UserSource {
  id(index: number): string
  /** In lower case, as it is stored. */
  email(index: number): string
}

type UserFaults = Faults<UserRow, UserSource>

const badRoles = ['manager', 'ADMIN', 'superuser', 'Author', 'admins', 'read er', 'editor']
const badBooleans = ['yes', 'no', '2', 'on', 'truthy', 'active']
const noName = ['', '""']

/** Records that are imported all the same, and are not referred to. */
export const userVarieties: UserFaults = {
  noId: sets(150, () => ({ id: '' }), []),
  // 255 code points, which are 510 UTF-16 units where they are emoji.
  longestName: sets(4, rank => ({ name: inTurn(['n', '😀', 'é'], rank).repeat(255) }), []),
}

/** Kinds that are always rejected although their id is valid and unique. */
export const rejectedUserKinds = ['email', 'role', 'emailAndRole', 'active', 'duplicateEmail']

export const userFaults: UserFaults = {
  email: {
    per10k: 100,
    plant: ({ row }, { index, rank }) => {
      row.email = badEmail(index, rank)
      return [error('email', 'INVALID_EMAIL')]
    },
  },
  emailTooLong: {
    per10k: 4,
    plant: ({ row }, { index }) => {
      row.email = longEmail(index)
      return [error('email', 'INVALID_EMAIL')]
    },
  },
  emailMissing: sets(8, () => ({ email: '' }), [missing('email')]),
  role: sets(70, rank => ({ role: inTurn(badRoles, rank) }), [error('role', 'INVALID_ROLE')]),
  roleMissing: sets(10, () => ({ role: '' }), [missing('role')]),
  emailAndRole: {
    per10k: 60,
    plant: ({ row }, { index, rank }) => {
      row.email = badEmail(index, rank)
      row.role = inTurn(badRoles, rank)
      return [error('email', 'INVALID_EMAIL'), error('role', 'INVALID_ROLE')]
    },
  },
  active: sets(15, rank => ({ active: inTurn(badBooleans, rank) }), [error('active', 'INVALID_BOOLEAN')]),
  activeMissing: sets(5, () => ({ active: '' }), [missing('active')]),
  nameMissing: sets(10, rank => ({ name: inTurn(noName, rank) }), [missing('name')]),
  nameTooLong: sets(5, rank => ({ name: inTurn(['n', '😀'], rank).repeat(256) }), [
    error('name', 'INVALID_NAME'),
  ]),
  id: sets(10, (rank, { id }) => ({ id: badUuid(id, rank) }), [error('id', 'INVALID_UUID')]),
  createdAt: sets(10, rank => ({ created_at: badTimestamp(rank) }), [
    error('created_at', 'INVALID_TIMESTAMP'),
  ]),
  updatedAt: sets(8, rank => ({ updated_at: badTimestamp(rank) }), [
    error('updated_at', 'INVALID_TIMESTAMP'),
  ]),
  everything: sets(
    3,
    (rank, { id }) => ({
      id: badUuid(id, rank),
      email: badEmail(rank, rank),
      name: '',
      role: '?',
      active: '?',
      created_at: badTimestamp(rank),
      updated_at: badTimestamp(rank + 1),
    }),
    [
      error('id', 'INVALID_UUID'),
      error('email', 'INVALID_EMAIL'),
      missing('name'),
      error('role', 'INVALID_ROLE'),
      error('active', 'INVALID_BOOLEAN'),
      error('created_at', 'INVALID_TIMESTAMP'),
      error('updated_at', 'INVALID_TIMESTAMP'),
    ],
  ),
  duplicateEmail: {
    per10k: 33,
    plant: ({ row }, { rank, earlier }, users) => {
      const email = users.email(earlier())
      row.email = inTurn([email, email.toUpperCase(), ` ${email}`, `  ${email.toUpperCase()} `], rank)
      return [error('email', 'DUPLICATE_EMAIL')]
    },
  },
  duplicateId: {
    per10k: 10,
    plant: ({ row }, { rank, earlier }, users) => {
      const id = users.id(earlier())
      row.id = inTurn([id, id, id.toUpperCase()], rank)
      return [error('id', 'DUPLICATE_ID')]
    },
  },
  duplicateIdAndEmail: {
    per10k: 4,
    plant: ({ row }, { earlier }, users) => {
      row.id = users.id(earlier())
      row.email = users.email(earlier())
      return [error('id', 'DUPLICATE_ID'), error('email', 'DUPLICATE_EMAIL')]
    },
  },
  // Not judged as a duplicate: the record is not otherwise valid.
  roleWithKnownEmail: {
    per10k: 6,
    plant: ({ row }, { rank, earlier }, users) => {
      row.email = users.email(earlier())
      row.role = inTurn(badRoles, rank)
      return [error('role', 'INVALID_ROLE')]
    },
  },
  // Imported: the other record with its e-mail is not, whichever comes first.
  emailOfRejected: {
    per10k: 8,
    plant: ({ row }, { twin }, users) => {
      const rejected = twin('role')
      if (rejected !== undefined) row.email = users.email(rejected)
      return []
    },
  },
  // Of a pair the first is rejected for its e-mail; so the second, with the first one's id, is imported.
  idAfterDuplicate: {
    per10k: 4,
    plant: ({ row }, { index, earlier, partner }, users) => {
      const other = partner()
      if (other !== undefined && other < index) {
        row.id = users.id(other)
        return []
      }
      row.email = users.email(earlier())
      return [error('email', 'DUPLICATE_EMAIL')]
    },
  },
}
