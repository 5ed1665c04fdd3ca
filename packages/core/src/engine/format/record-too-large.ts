// The message for a record that is too long: what may be wrong, and which option raises the limit.

/** The option of the library, the variable of the reference server, and the flag of the CLI; they mean the same. */
const options = 'maxRecordBytes, IMPORT_MAX_RECORD_BYTES, --max-record-bytes'

/**
 * @param fact names the record and its size
 * @param mistake likely mistake in a file without such long records
 */
export function tooLargeMessage(fact: string, mistake: string): string {
  return `${fact}. Either ${mistake}, or the record is longer than the limit: correct the file, or raise the limit (${options}).`
}
