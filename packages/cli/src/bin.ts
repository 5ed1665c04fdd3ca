#!/usr/bin/env node
// The `lading` command: arguments in, an exit code out.
import { run } from './run.ts'

// A reader that closes its end (`| head`) is not a failure, and no output can reach it.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = 1
  })
}

// Not process.exit: output to a pipe must be flushed first.
process.exitCode = await run(process.argv, process)
