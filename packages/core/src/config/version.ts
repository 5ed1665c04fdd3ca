// The version of the library, for what it writes into files. A test compares it with the package.

export const version = '0.1.0'
