import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/auth.module.js';
import { OperatorDesk } from './operator-desk.service.js';
import { OperatorMessages } from './operator-messages.service.js';

/** Where what operators say and decide takes effect, whichever way they say it. */
@Module({
  imports: [AuthModule],
  providers: [OperatorDesk, OperatorMessages],
  exports: [OperatorDesk, OperatorMessages],
})
export class DeskModule {}
