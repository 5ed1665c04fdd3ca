// The second world of the random files: a composite key, which may hold null and takes no notice of case, and no other. In a third one nulls are equal.
import type { World } from './world.ts'

export const slots: World = {
  name: 'slots',
  resource: 'slots',
  ddl: `
    create table slots (site text, code int not null, size int constraint has_size check (size > 0), label text);
    create unique index slots_key on slots (lower(site), code);`,
  columns: [
    {
      name: 'site',
      kind: 'text',
      pool: () => ['oslo', 'Oslo', 'OSLO', 'rome', 'bern', 'Bern'],
      nulls: 1,
      absences: 1,
      faults: { code: 'INVALID_SITE', csv: ['far too long'], json: ['"far too long"', '1'] },
    },
    {
      name: 'code',
      kind: 'integer',
      required: true,
      notNull: true,
      pool: records => Array.from({ length: Math.ceil(records / 4) + 2 }, (_, index) => String(index)),
      faults: { code: 'INVALID_CODE', csv: ['x', '1.0'], json: ['"1"', '1.5'] },
    },
    {
      name: 'size',
      kind: 'integer',
      pool: () => ['1', '2', '3', '4', '5', '6', '7', '0'],
      nulls: 4,
      absences: 6,
      faults: { code: 'INVALID_SIZE', csv: ['big'], json: ['"big"', '{}'] },
    },
    {
      name: 'label',
      kind: 'text',
      pool: () => ['', 'a', 'b', 'a"b', 'line\nbreak'],
      nulls: 4,
      absences: 6,
      faults: { code: 'NUL_CHARACTER', csv: ['\0'], json: ['"\\u0000"'] },
    },
  ],
  keys: [{ fields: ['site', 'code'], ignoreCase: true, code: 'DUPLICATE_SITE_CODE' }],
  references: [],
  refuses: ({ size }) => (size !== null && Number(size) <= 0 ? 'size' : undefined),
  refusedFields: ['size'],
}

/** The same, but two rows without a site are at the same one. */
export const equalSlots: World = {
  ...slots,
  name: 'equal_slots',
  resource: 'equal-slots',
  ddl: `
    create table equal_slots (site text, code int not null, size int constraint has_size check (size > 0), label text);
    create unique index equal_slots_key on equal_slots (lower(site), code) nulls not distinct;`,
  columns: slots.columns.map(column =>
    column.name === 'site' ? { ...column, nulls: 4, absences: 3 } : column,
  ),
  keys: slots.keys.map(key => ({ ...key, nullsEqual: true })),
}
