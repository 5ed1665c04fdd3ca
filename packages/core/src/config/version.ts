// The version of the library, which it writes into files. A test compares it with package.json.

export const version = '0.0.0'
