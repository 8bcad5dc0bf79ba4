/**
 * The address a visitor signed in with, as a fact may carry it within the process: whatever prints, copies or
 * serialises it sees the masked form. It is stored nowhere; who needs the address itself must say so.
 */
export class VisitorEmail {
  readonly #address: string;

  constructor(address: string) {
    this.#address = address;
  }

  /** `a•••@example.com` */
  get masked(): string {
    const at = this.#address.lastIndexOf('@');
    const first = new Intl.Segmenter().segment(this.#address.slice(0, at)).containing(0)?.segment ?? '';
    return `${first}•••${this.#address.slice(at)}`;
  }

  /** The address in full, for an operator who has asked for personal data. */
  reveal(): string {
    return this.#address;
  }

  toString(): string {
    return this.masked;
  }

  toJSON(): string {
    return this.masked;
  }
}
