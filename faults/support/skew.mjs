// A clock that is wrong, and jumps back by half of that now and then. Loaded before everything else.
const RealDate = Date
const skewMs = Number(process.env.FAULT_SKEW_MS)
let calls = 0

const skewed = () => RealDate.now() + (calls++ % 7 === 0 ? skewMs / 2 : skewMs)

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(skewed())
    else super(...given)
  }

  static now() {
    return skewed()
  }
}
