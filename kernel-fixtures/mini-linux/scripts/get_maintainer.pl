#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-2.0-only
#
# A stand-in for the kernel's script of this name: who gets a patch, from MAINTAINERS alone. Runs at the
# top of the tree; takes patches (or one on standard input), or files with -f. Options of the real one
# that it has no use for (git history) are accepted.
use strict;
use warnings;
use Getopt::Long qw(:config no_auto_abbrev bundling_override);

my %o = (email => 1, m => 1, r => 1, l => 1, s => 0, n => 1, roles => 0, rolestats => 1, multiline => 1,
	separator => ', ', scm => 0, status => 0, subsystem => 0, moderated => 1, tree => 1, f => 0);
my @ignored = qw(git git-fallback git-blame git-all-signature-types git-chief-penguins keywords mailmap
	file-emails fixes remove-duplicates i|interactive);
my %unused;
GetOptions(
	'f|file' => \$o{f},
	(map { ("$_!" => \$o{$_}) } qw(email m r l s n roles rolestats multiline scm status subsystem moderated tree)),
	'separator=s' => \$o{separator},
	(map { ("$_!" => \$unused{$_}) } @ignored),
	(map { ("$_=s" => \$unused{$_}) } qw(git-since git-min-signatures git-max-maintainers git-min-percent pattern-depth)),
) or die "$0: invalid argument\n";
$o{multiline} = 0 if $o{separator} ne ', ';

for my $file (qw(Kbuild MAINTAINERS Makefile drivers include scripts)) {
	die "$0: The current directory does not appear to be the top of the tree: no $file\n"
		if $o{tree} && !-e $file;
}
die "$0: missing patchfile or -f file - use --help if necessary\n" if !@ARGV && -t STDIN;

my @files;
if ($o{f}) {
	for (@ARGV) {
		die "$0: file '$_' not found\n" unless -e;
		push @files, $_;
	}
} else {
	for my $patch (@ARGV ? @ARGV : '-') {
		my $in = \*STDIN;
		$patch eq '-' or open($in = undef, '<', $patch) or die "$0: file '$patch' not found\n";
		while (<$in>) {
			push @files, $1 if m{^(?:---|\+\+\+) [ab]/(\S+)} && !grep { $_ eq $1 } @files;
		}
	}
	die "$0: no files in the patch\n" unless @files;
}

# A section: its name, and what stands behind each letter.
my @sections;
open(my $in, '<', 'MAINTAINERS') or die "$0: MAINTAINERS: $!\n";
while (<$in>) {
	chomp;
	if (/^([A-Z]):\s*(.*)$/) {
		push @{$sections[-1]{$1}}, $2 if @sections;
	} elsif (/^(\S.*)$/ && !/^[ \t.-]/) {
		push @sections, { name => $1 };
	}
}
@sections = grep { $_->{F} } @sections;

# How many directories of the pattern match the file; 0 when it does not match.
sub depth_of {
	my ($pattern, $file) = @_;
	my $expression = quotemeta $pattern;
	$expression =~ s{\\\*}{[^/]*}g;
	$expression =~ s{\\\?}{[^/]}g;
	return 0 unless $file =~ ($pattern =~ m{/$} ? qr{^$expression} : qr{^$expression$});
	return 1 + ($pattern =~ tr{/}{});
}

my %depth;
for my $file (@files) {
	for my $i (0 .. $#sections) {
		next if grep { depth_of($_, $file) } @{$sections[$i]{X} // []};
		for (@{$sections[$i]{F}}) {
			my $depth = depth_of($_, $file);
			$depth{$i} = $depth if $depth > ($depth{$i} // 0);
		}
	}
}
my @matching = map { $sections[$_] } sort { $depth{$b} <=> $depth{$a} || $a <=> $b } keys %depth;

my %status_role = (Supported => 'supporter', Maintained => 'maintainer', 'Odd Fixes' => 'odd fixer');
my (@lines, %seen);
sub add {
	my ($address, $role) = @_;
	my ($mail) = $address =~ /<(.*)>/ ? $1 : $address;
	return if $seen{lc $mail}++;
	if ($address =~ /^(.*?)\s*<(.*)>$/) {
		my ($name, $only) = ($1, $2);
		$name =~ s/^"(.*)"$/$1/;
		$name = "\"$name\"" if $name =~ /[^\w \-]/a;
		$address = $o{n} ? "$name <$only>" : $only;
	}
	push @lines, $address . ($o{roles} || $o{rolestats} ? " ($role)" : '');
}

if ($o{email}) {
	for my $s (@matching) {
		my $rest = $s->{name} eq 'THE REST';
		my $role = $status_role{$s->{S}[0] // ''} // 'maintainer';
		if ($o{m} && !$rest) { add($_, "$role:$s->{name}") for @{$s->{M} // []} }
		if ($o{r} && !$rest) { add($_, "reviewer:$s->{name}") for @{$s->{R} // []} }
	}
	for my $s (@matching) {
		my $behind = $s->{name} eq 'THE REST' ? '' : ":$s->{name}";
		for (@{$o{l} ? $s->{L} // [] : []}) {
			my ($list, $note) = /^(\S+)(?:\s+\((.*)\))?$/;
			my $kind = ($note // '') =~ /moderated/ ? 'moderated' : ($note // '') =~ /subscribers/ ? 'subscriber' : 'open';
			next if ($kind eq 'subscriber' && !$o{s}) || ($kind eq 'moderated' && !$o{moderated});
			add($list, "$kind list$behind");
		}
	}
}
for my $letter ($o{scm} ? 'T' : (), $o{status} ? 'S' : ()) {
	push @lines, map { @{$_->{$letter} // []} } @matching;
}
push @lines, map { $_->{name} } @matching if $o{subsystem};

print $o{multiline} ? map({ "$_\n" } @lines) : join($o{separator}, @lines) . "\n";
