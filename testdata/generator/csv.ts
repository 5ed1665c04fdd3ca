// Writes one CSV cell as RFC 4180 wants it.

export function cell(value: string): string {
  return /[",\r\n]/.test(value) ? quoted(value) : value
}

export function quoted(value: string): string {
  return `"${value.replaceAll('"', '""')}"`
}
