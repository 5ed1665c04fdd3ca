// What is said of a record that has more bytes than are allowed: what may be wrong, and which option allows more.

/** Core's option, the reference server's variable and the command's flag; they mean the same. */
const options = 'maxRecordBytes, IMPORT_MAX_RECORD_BYTES, --max-record-bytes'

/**
 * @param fact which record has how many bytes
 * @param mistake in a file that holds no such record
 */
export function tooLargeMessage(fact: string, mistake: string): string {
  return `${fact}. Either ${mistake}, or the record is longer than the limit: correct the file, or raise the limit (${options}).`
}
