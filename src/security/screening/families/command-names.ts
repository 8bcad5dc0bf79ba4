/**
 * Programs by what a sender gains from running them, after GTFOBins and LOLBAS. Two groups, since a chat
 * about computers names the same programs and some of them are words of every conversation.
 */

/** Not words of prose: after a separator they are a command whatever follows. */
const PROGRAMS =
  // who and where
  'whoami ifconfig ipconfig netstat uname hostname lsb_release printenv env getent lsof pgrep pidof lspci dmesg stty ' +
  'getfacl finger lscpu lsblk lsusb lsmod useradd usermod groupadd systeminfo tasklist nltest nbtstat dsquery arp traceroute tracert nslookup dig ping ping6 fping ' +
  // fetch and connect
  'curl wget netcat ncat nc telnet ssh scp sftp rsync ftp tftp lftp socat rlogin rsh aria2c axel lwp-download ' +
  'lwp-request lynx links w3m nmap tcpdump iptables openssl openvpn smbclient sshpass ssh-keygen ssh-keyscan rclone ' +
  // shells and interpreters
  'bash sh zsh ksh csh tcsh ash dash fish busybox perl python python2 python3 ruby php node lua awk gawk mawk nawk sed ' +
  'irb pry byebug rake rails tclsh wish expect jrunscript jshell jjs ghc ghci scala erl ocaml gdb pdb dotnet mono groovy ' +
  'gcc cc make cmake gmake bundler bundle cobc cpan easy_install gem pip pip3 npm yarn composer puppet ansible-playbook ' +
  'vi vim vimdiff view nvim nano ed emacs pico rvim rview ex joe psql mysql sqlite3 mongo redis-cli octave gnuplot ' +
  // run another program
  'nohup setsid setarch strace ltrace timeout taskset ionice stdbuf unshare nsenter capsh chroot doas runuser xargs ' +
  'aa-exec agetty choom ansible ansible-test bpftrace cdist certbot crash debugfs dmidecode dmsetup dosbox elvish facter ' +
  'gcore ginsh grc gtester hping3 iftop knife chef-client loginctl m4 msfconsole multitime nasm ncdu opkg perf perlbug ' +
  'pexec pidstat posh ptx readelf restic run-mailcap rustc sash scrot setlock slsh softlimit ssmtp sg sysctl tasksh tdbtool ' +
  'terraform tmate update-alternatives urlget valgrind vigr vipw xdotool xetex yash yelp ' +
  'cpulimit flock logsave start-stop-daemon sshd screen tmux byobu watchman tee rlwrap run-parts service systemctl ' +
  'crontab launchctl docker docker-compose kubectl podman lxc ctr runc virsh vagrant git hg svn gh aws gcloud az ' +
  // read, write and encode
  'tac nl od xxd hexdump strings rev base64 base32 base58 basenc uuencode uudecode iconv csplit jq yq xmllint xmodmap ' +
  'zip unzip gzip gunzip bzip2 bunzip2 xz unxz zcat bzcat xzcat tar cpio ar 7z zsoelim eqn troff nroff groff soelim ' +
  'pdftex pdflatex latex lualatex xelatex ghostscript gs exiftool pandoc dialog whiptail comm diff sdiff cmp genisoimage ' +
  'ls dir mkdir rmdir rm mv cp ln dd chmod chown chgrp chattr setfacl mkfifo mknod shred ' +
  // accounts and power
  'useradd usermod userdel groupadd passwd adduser chpasswd chsh chfn visudo pkexec reboot halt poweroff shutdown ' +
  'killall pkill insmod modprobe rmmod ldconfig sysctl setcap getcap rmt sendmail mailx mutt cscli ' +
  // Windows
  'cmd cmd.exe powershell pwsh powershell.exe regedit reg regsvr32 rundll32 mshta certutil bitsadmin wmic cscript wscript ' +
  'msiexec schtasks netsh taskkill vssadmin bcdedit bcdboot diskpart icacls cacls takeown wevtutil fsutil forfiles ' +
  'installutil regasm regsvcs msbuild cmstp hh.exe ieexec mavinject odbcconf pcalua presentationhost esentutl expand.exe ' +
  'gpupdate gpresult driverquery quser qwinsta runas winrm winrs wbadmin appcmd auditpol bootcfg certreq chcp chkdsk ' +
  'cipher cmdkey csvde dcdiag dfsutil diskshadow dnscmd doskey dsacls dsadd dsget dsmod dsrm eventcreate findstr ftype ' +
  'getmac klist ksetup ldifde lodctr logman makecab manage-bde mklink mountvol msdt msinfo32 mstsc netcfg netdom ntdsutil ' +
  'openfiles pathping pnputil popd pushd qprocess rasdial regini relog repadmin robocopy rpcping sc secedit setx sfc subst ' +
  'sxstrace tracerpt tscon tskill typeperf tzutil unlodctr waitfor wecutil winget xcopy xwizard fodhelper wsl ' +
  // functions of scripting languages
  'eval exec system passthru phpinfo print_r var_dump shell_exec popen proc_open';

/** Also words of prose: a command only when what follows is not a sentence. */
const AMBIGUOUS =
  'id mail cat echo type net find sleep ps w who date time more less head tail sort cut paste split join test touch kill ' +
  'export printf copy move del erase format attrib top free mount umount ' +
  'uptime history last look man which whereis locate file stat df du route host wait watch expand batch ' +
  'nice fold grep egrep fgrep go java julia install ver vol tree assoc help dump trap unset pwd script task ' +
  'ip ss ab ld tbl pic ul nft scanmem ren md rd su set exit reboot shutdown halt poweroff alias cd chdir';

/** Programs people name in lists and sentences: languages, shells, editors, products, and words of English. */
const NAMED_IN_PROSE =
  'env finger arp dig ping telnet ssh scp sftp rsync ftp links lynx bash sh zsh ksh csh ash dash fish busybox perl python ' +
  'python2 python3 ruby php node lua awk gawk sed rails wish expect scala erl ocaml dotnet mono groovy gcc cc make cmake ' +
  'bundler bundle gem pip pip3 npm yarn composer puppet vi vim nvim nano ed emacs pico ex joe view psql mysql sqlite3 ' +
  'mongo octave gnuplot timeout ansible crash perf rustc terraform valgrind vigr yelp dialog screen tmux tee service ' +
  'watchman flock docker kubectl podman vagrant git hg svn gh aws gcloud az strings rev zip unzip gzip tar ar xz comm ' +
  'diff cmp pandoc latex cmd powershell pwsh reg subst cipher wsl winget eval exec system curl wget nmap openssl nl od jq ' +
  'yq sg gs posh pop expand relog cipher sc at finger nc';

/** Programs whose use is to read another's output: `x | grep y` is how people write, not an injection. */
const FILTERS =
  'grep egrep fgrep less more head tail sort uniq wc awk gawk sed cut tee xargs tr column nl paste fold pr rev pastebinit ' +
  'pastebin sprunge bash sh sudo xclip jq gzip tar while read mail diff nano vim';

/** `Get-ChildItem`, `Invoke-Expression`: a PowerShell verb and noun. */
const CMDLET =
  /^(?:get|set|new|invoke|start|stop|remove|add|out|import|export|select|copy|move|clear|enable|disable)-[a-z]{4,20}$/;

/** Of the ambiguous ones, those that are no words and no products. */
const TECHNICAL = /^(?:id|ps|ls|df|du|ip|ss|pwd|dir|stat|umount)$/;

const nameSet = (names: string): ReadonlySet<string> => new Set(names.split(' '));
const programs = nameSet(PROGRAMS);
const ambiguous = nameSet(AMBIGUOUS);
const filters = nameSet(FILTERS);
const namedInProse = nameSet(NAMED_IN_PROSE);

/** How surely a word after a shell separator is a command. */
export function commandKind(word: string): 'program' | 'ambiguous' | 'none' {
  if (programs.has(word) || CMDLET.test(word)) return 'program';
  return ambiguous.has(word) ? 'ambiguous' : 'none';
}

/** Whether a name is neither a word nor a product: where it stands after a separator, it is a command. */
export function isTechnical(word: string): boolean {
  return TECHNICAL.test(word) || (commandKind(word) === 'program' && !namedInProse.has(word));
}

export function isFilter(word: string): boolean {
  return filters.has(word);
}
