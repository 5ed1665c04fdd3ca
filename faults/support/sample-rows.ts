// The table that the fault tests load: without any key, so that the database itself would take a row twice.
import { defineResource, type Resource, Type } from '../../packages/core/src/index.ts'

export const createSampleTableSql = `
create table cargo (ref integer not null, label text not null, weight integer not null, sealed boolean not null)`

/** @param onLabel called for each record, as a hook of a user's own is */
export function sampleResource(onLabel: () => void = () => undefined): Resource {
  return defineResource('cargo', {
    table: 'cargo',
    schema: Type.Object({
      ref: Type.Integer(),
      label: Type.String({ maxLength: 60 }),
      weight: Type.Integer({ minimum: 0 }),
      sealed: Type.Boolean(),
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
export function sampleCsv(rows: number): string {
  const lines = ['ref,label,weight,sealed\n']
  for (let row = 1; row <= rows; row++) {
    const label = row % 7 === 0 ? `"Kiste ""${row}""\nÜbersee"` : `crate ${row}`
    const weight = row % 50 === 0 ? '-1' : `${row % 997}`
    const sealed = row % 100 === 0 ? 'soon' : String(row % 3 === 0)
    lines.push(`${row},${label},${weight},${sealed}\n`)
  }
  return lines.join('')
}
