// The table that the fault tests load: without any key, so that the database itself would take a row twice.
import { defineResource, type Resource, Type } from '../../packages/core/src/index.ts'

export const createCargoSql = `
create table cargo (ref bigint not null, label text not null, weight numeric not null, loaded_at timestamptz not null)`

/** @param onLabel called for each record, as a hook of a user's own is */
export function cargo(onLabel: () => void = () => undefined): Resource {
  return defineResource('cargo', {
    table: 'cargo',
    schema: Type.Object({
      ref: Type.Integer(),
      label: Type.String({ maxLength: 60 }),
      weight: Type.Number({ minimum: 0 }),
      loaded_at: Type.String({ format: 'date-time' }),
    }),
    fields: {
      label: {
        transform(text) {
          onLabel()
          return text
        },
      },
    },
  })
}

/** Every 50th record is rejected, every 100th for two reasons; labels have line ends, quotes and several bytes a letter. */
export function cargoCsv(rows: number): string {
  const lines = ['ref,label,weight,loaded_at\n']
  for (let row = 1; row <= rows; row++) {
    const label = row % 7 === 0 ? `"Kiste ""${row}""\nÜbersee"` : `crate ${row}`
    const weight = row % 50 === 0 ? '-1' : `${row % 997}.25`
    const loadedAt = row % 100 === 0 ? 'soon' : '2026-01-02T03:04:05Z'
    lines.push(`${row},${label},${weight},${loadedAt}\n`)
  }
  return lines.join('')
}
