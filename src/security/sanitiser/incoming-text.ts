import { removeForbiddenInside } from './forbidden-characters.js';

/** Takes pieces of a text, which may end within a character, and leaves out what is never stored. */
export class IncomingText {
  private half = '';

  allow(piece: string): string {
    const text = this.half + piece;
    this.half = /[\ud800-\udbff]$/.exec(text)?.[0] ?? '';
    return removeForbiddenInside(text.slice(0, text.length - this.half.length));
  }
}
