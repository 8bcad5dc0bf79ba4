import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A code that was mailed to an address, so that whoever can read the mail can sign in with the address. */
@Entity({ name: 'sign_in_codes' })
@Index('idx_sign_in_code_email', ['emailHash', 'expiresAt'])
@Index('idx_sign_in_code_expiry', ['expiresAt'])
@Check('ck_sign_in_code_tries', 'tries_left >= 0')
export class SignInCode {
  @PrimaryColumn({ type: 'varchar', length: 32, primaryKeyConstraintName: 'pk_sign_in_codes' })
  id: string;

  /** The same hash as in `sessions`. */
  @Column({ name: 'email_hash', type: 'varchar', length: 64 })
  emailHash: string;

  /** HMAC-SHA-256 of the address's hash and the code, in hexadecimal; the code itself is never stored. */
  @Column({ name: 'code_hash', type: 'varchar', length: 64 })
  codeHash: string;

  /** Address and code, encrypted, until the mail has gone out. */
  @Column({ name: 'sealed_mail', type: 'bytea', nullable: true })
  sealedMail: Buffer | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;

  /** How many more codes may be compared with this one. */
  @Column({ name: 'tries_left', type: 'smallint' })
  triesLeft: number;

  @Column({ name: 'consumed_at', type: 'timestamptz', nullable: true })
  consumedAt: Date | null;
}
