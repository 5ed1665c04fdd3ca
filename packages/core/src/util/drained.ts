// A writable stream whose buffer is full → a promise that resolves when it drains or closes.

/** The required part of a stream, so that streams of other libraries fit too. */
interface Drainable {
  readonly destroyed: boolean
  on(event: 'drain' | 'close', listener: () => void): unknown
  off(event: 'drain' | 'close', listener: () => void): unknown
}

/** Resolves on `drain`, and also when the stream closes: the writer must check `destroyed` afterwards. */
export function waitForDrain(stream: Drainable): Promise<void> {
  return new Promise(resolve => {
    const finish = () => {
      stream.off('drain', finish)
      stream.off('close', finish)
      resolve()
    }
    stream.on('drain', finish)
    stream.on('close', finish)
    if (stream.destroyed) finish()
  })
}
