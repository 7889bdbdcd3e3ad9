#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-2.0-only
#
# A stand-in for the kernel's script of this name: same command line, same form of output, a handful of
# checks. Exit status 1 when something is found.
use strict;
use warnings;
use Getopt::Long qw(:config bundling_override);

my ($strict, $terse, $quiet, $show_types, $show_file, $signoff, $summary, $max) = (0, 0, 0, 0, 0, 1, 1, 100);
my %unused;
GetOptions(
	'strict|subjective!' => \$strict, 'terse!' => \$terse, 'q|quiet+' => \$quiet,
	'show-types!' => \$show_types, 'showfile!' => \$show_file, 'signoff!' => \$signoff, 'summary!' => \$summary,
	'max-line-length=i' => \$max, 'ignore=s' => \my @ignore,
	(map { ($_ => \$unused{$_}) } qw(tree! patch! root=s color:s codespell! summary-file! mailback!)),
) or die "$0: invalid argument\n";
my %ignored = map { $_ => 1 } map { split /,/ } @ignore;
@ARGV = ('-') unless @ARGV;

# The width on a screen: a tab goes to the next multiple of 8.
sub width {
	my $column = 0;
	$column += $_ eq "\t" ? 8 - $column % 8 : 1 for split //, $_[0];
	return $column;
}

sub check {
	my ($patch) = @_;
	my %count = (ERROR => 0, WARNING => 0, CHECK => 0);
	my ($file, $text, $in_message) = ('', '', 1);
	my ($to, $number, $checked, $in_body, $in_hunk, $described, $signed, $blank_before) = (0) x 8;
	my $in = \*STDIN;
	$patch eq '-' or open($in = undef, '<', $patch) or die "$0: $patch: $!\n";

	my $found = sub {
		my ($level, $type, $message, $line) = @_;
		return if $ignored{$type} || ($level eq 'CHECK' && !$strict);
		$count{$level}++;
		my $title = $show_types ? "$level:$type" : $level;
		my $place = $show_file && defined $line && $file ne '' ? "$file:$to" : "$patch:$number";
		$text .= "$place: " if $terse;
		$text .= "$title: $message\n";
		$text .= "#$number: FILE: $file:$to:\n$line\n" if defined $line && !$terse;
		$text .= "\n" unless $terse;
	};
	while (my $line = <$in>) {
		chomp $line;
		$number++;
		if ($in_message) {
			$in_message = 0 if $line =~ /^(---$|diff )/;
			$signed = 1 if $line =~ /^Signed-off-by: .+ <\S+@\S+>$/;
			$in_body = 1 if $line eq '';
			next if !$in_message || !$in_body || $line eq '' || $line =~ /^[\w-]+: /;
			$described = 1;
			$found->('WARNING', 'COMMIT_LOG_LONG_LINE',
				'Possible unwrapped commit description (prefer a maximum 75 chars per line)', $line)
				if $line =~ /^\w/ && length($line) > 75;
			next;
		}
		if ($line =~ m{^\+\+\+ b/(\S+)}) {
			$file = $1;
			next;
		}
		if ($line =~ /^@@ -\S+ \+(\d+)/) {
			($to, $blank_before, $in_hunk) = ($1 - 1, 0, 1);
			next;
		}
		$in_hunk = 0 if $line =~ /^diff /;
		next unless $in_hunk && $line =~ /^([ +])(.*)$/;
		my ($added, $content) = ($1 eq '+', $2);
		my $blank = $content eq '';
		$to++;
		$checked++;
		if ($added) {
			$found->('ERROR', 'TRAILING_WHITESPACE', 'trailing whitespace', "$line\$") if $content =~ /\s$/;
			$found->('ERROR', 'CODE_INDENT', 'code indent should use tabs where possible', $line)
				if $content =~ /^\t* {8}/;
			$found->('WARNING', 'LONG_LINE', 'line length of ' . width($content) . " exceeds $max columns", $line)
				if width($content) > $max;
			$found->('CHECK', 'LINE_SPACING', "Please don't use multiple blank lines", $line)
				if $blank && $blank_before;
		}
		$blank_before = $blank;
	}
	$found->('WARNING', 'COMMIT_MESSAGE', 'Missing commit description - Add an appropriate one', undef)
		unless $described;
	$found->('ERROR', 'MISSING_SIGN_OFF', 'Missing Signed-off-by: line(s)', undef) if $signoff && !$signed;

	my $clean = !$count{ERROR} && !$count{WARNING} && !$count{CHECK};
	if (@ARGV > 1 && !$terse && !($clean && $quiet)) {
		print '-' x length($patch), "\n$patch\n", '-' x length($patch), "\n";
	}
	print $text;
	if ($summary && !($clean && $quiet)) {
		print "total: $count{ERROR} errors, $count{WARNING} warnings, ", $strict ? "$count{CHECK} checks, " : '',
			"$checked lines checked\n";
	}
	if (!$quiet && !$terse) {
		print $clean ? "\n$patch has no obvious style problems and is ready for submission.\n"
			: "\n$patch has style problems, please review.\n";
	}
	return $clean;
}

my $dirty = 0;
for (@ARGV) {
	$dirty = 1 unless check($_);
}
exit $dirty;
