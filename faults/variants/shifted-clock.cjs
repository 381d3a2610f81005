/** Preloaded into a process: shifts its clock by the milliseconds in SHIFTED_CLOCK_MS, as on a machine whose clock is wrong. */
const shift = Number(process.env.SHIFTED_CLOCK_MS ?? 0)
const RealDate = Date

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + shift)
    else super(...given)
  }

  static now() {
    return RealDate.now() + shift
  }
}
