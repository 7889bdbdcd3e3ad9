#!/usr/bin/env perl
# SPDX-License-Identifier: GPL-2.0-only
#
# kconfig.pl MODE SRCTREE: writes .config of the current directory, or with MODE syncconfig what is
# derived from it. Knows bool and tristate symbols, prompts, defaults, "depends on", "if", "source".
use strict;
use warnings;
use File::Path qw(make_path);

my ($mode, $srctree) = @ARGV;
die "usage: kconfig.pl MODE SRCTREE\n" unless defined $srctree;

my (%symbol, @order, @files);
my %number = (n => 0, m => 1, y => 2);
my @letter = qw(n m y);

sub read_kconfig {
	my ($file, @conditions) = @_;
	my $depth = @conditions;
	$file = "$srctree/$file" unless $file =~ m{^/};
	push @files, $file;
	open(my $in, '<', $file) or die "$file: $!\n";
	my ($current, $in_help);
	while (my $line = <$in>) {
		chomp $line;
		next if $line =~ /^\s*(#|$)/;
		next if $in_help && $line =~ /^\s/;
		$in_help = 0;
		$line =~ s/\$\((\w+)\)/$ENV{$1} \/\/ ''/ge;
		if ($line =~ /^\s*(?:menu)?config\s+(\w+)/) {
			push @order, $1 unless $symbol{$1};
			$current = $symbol{$1} //= { name => $1, type => 'bool', defaults => [], depends => [] };
			push @{$current->{depends}}, @conditions;
		} elsif ($line =~ /^\s*(bool|tristate)(?:\s+"(.*)")?\s*$/) {
			$current->{type} = $1;
			$current->{prompt} = $2 if defined $2;
		} elsif ($line =~ /^\s*def_(bool|tristate)\s+(.*)$/) {
			$current->{type} = $1;
			push @{$current->{defaults}}, $2;
		} elsif ($line =~ /^\s*default\s+(.*)$/) {
			push @{$current->{defaults}}, $1;
		} elsif ($line =~ /^\s*depends\s+on\s+(.*)$/) {
			push @{$current->{depends}}, $1;
		} elsif ($line =~ /^\s*if\s+(.*)$/) {
			push @conditions, $1;
		} elsif ($line =~ /^\s*endif\b/ && @conditions > $depth) {
			pop @conditions;
		} elsif ($line =~ /^\s*source\s+"(.*)"/) {
			read_kconfig($1, @conditions);
		} elsif ($line =~ /^\s*help\b/) {
			$in_help = 1;
		} elsif ($line !~ /^\s*(mainmenu|menu|endmenu|comment)\b/) {
			die "$file:$.: cannot read: $line\n";
		}
	}
}

# or := and ('||' and)*; and := unary ('&&' unary)*; unary := '!' unary | '(' or ')' | NAME [('='|'!=') NAME]
sub evaluate {
	my @tokens = $_[0] =~ /(\|\||&&|!=|=|!|\(|\)|\w+)/g;
	my $value = any_of(\@tokens);
	die "cannot evaluate '$_[0]'\n" if @tokens;
	return $value;
}

sub any_of {
	my ($t) = @_;
	my $value = all_of($t);
	while (@$t && $t->[0] eq '||') {
		shift @$t;
		my $other = all_of($t);
		$value = $other if $other > $value;
	}
	return $value;
}

sub all_of {
	my ($t) = @_;
	my $value = one($t);
	while (@$t && $t->[0] eq '&&') {
		shift @$t;
		my $other = one($t);
		$value = $other if $other < $value;
	}
	return $value;
}

sub one {
	my ($t) = @_;
	my $token = shift(@$t) // die "an expression ends too early\n";
	return 2 - one($t) if $token eq '!';
	my $value;
	if ($token eq '(') {
		$value = any_of($t);
		die "')' is missing\n" unless (shift(@$t) // '') eq ')';
		return $value;
	}
	$value = $number{$token} // value_of($token);
	if (@$t && $t->[0] =~ /^!?=$/) {
		my $equal = shift(@$t) eq '=';
		my $name = shift @$t;
		my $other = $number{$name} // value_of($name);
		return ($value == $other) == $equal ? 2 : 0;
	}
	return $value;
}

my (%wanted, %value);
my $modules_on = 1;

sub value_of {
	my ($name) = @_;
	my $s = $symbol{$name} or return 0;
	return $value{$name} if defined $value{$name};
	$value{$name} = 0;    # what a symbol that depends on itself sees
	my $limit = 2;
	for (@{$s->{depends}}) {
		my $dependency = evaluate($_);
		$limit = $dependency if $dependency < $limit;
	}
	my $as_bool = $s->{type} eq 'bool' || !$modules_on;
	$limit = 2 if $limit && $as_bool;
	$s->{visible} = defined $s->{prompt} && $limit;
	my $v = $s->{visible} ? $wanted{$name} : undef;
	$v = $mode eq 'allmodconfig' ? 1 : $mode eq 'allyesconfig' ? 2 : 0
		if !defined $v && $s->{visible} && $mode =~ /^all/;
	if (!defined $v) {
		$v = 0;
		for (@{$s->{defaults}}) {
			my ($what, $condition) = /^(.*?)(?:\s+if\s+(.*))?$/;
			next if defined $condition && !evaluate($condition);
			$v = evaluate($what);
			last;
		}
	}
	$v = $limit if $v > $limit;
	$v = 2 if $v && $as_bool;
	return $value{$name} = $v;
}

sub read_config {
	my ($file) = @_;
	open(my $in, '<', $file) or return;
	while (<$in>) {
		my ($name, $v) = /^CONFIG_(\w+)=([ymn])\s*$/ ? ($1, $2)
			: /^# CONFIG_(\w+) is not set/ ? ($1, 'n') : next;
		next unless $symbol{$name};
		print STDERR "$file:$.:warning: override: reassigning to symbol $name\n" if defined $wanted{$name};
		$wanted{$name} = $number{$v};
	}
}

# Writes when the content differs; says whether it did.
sub update {
	my ($file, $text) = @_;
	if (open(my $old, '<', $file)) {
		local $/;
		return 0 if (<$old> // '') eq $text;
	}
	open(my $out, '>', "$file.tmp") or die "$file.tmp: $!\n";
	print $out $text;
	close($out) or die "$file.tmp: $!\n";
	rename("$file.tmp", $file) or die "$file: $!\n";
	return 1;
}

read_kconfig($ENV{KBUILD_KCONFIG} || 'Kconfig');
if ($mode =~ /^all(mod|yes|no)config$/) {
	my $given = $ENV{KCONFIG_ALLCONFIG};
	read_config($given eq '1' ? 'all.config' : $given) if $given;
} elsif ($mode =~ /^(olddefconfig|oldconfig|syncconfig)$/) {
	read_config('.config');
} elsif ($mode ne 'defconfig') {
	die "*** no configuration target '$mode'; see make help\n";
}
$modules_on = value_of('MODULES') == 2;
%value = ();

my $title = "Linux/$ENV{SRCARCH} $ENV{KERNELVERSION} Kernel Configuration";
my $config = "#\n# Automatically generated file; DO NOT EDIT.\n# $title\n#\n";
my $auto = $config;
my $header = "/*\n * Automatically generated file; DO NOT EDIT.\n * $title\n */\n";
for my $name (@order) {
	my $v = value_of($name);
	if ($v) {
		$config .= "CONFIG_$name=$letter[$v]\n";
		$auto .= "CONFIG_$name=$letter[$v]\n";
		$header .= "#define CONFIG_$name" . ($v == 1 ? '_MODULE' : '') . " 1\n";
	} elsif ($symbol{$name}{visible}) {
		$config .= "# CONFIG_$name is not set\n";
	}
}

my $changed = update('.config', $config);
if ($mode eq 'syncconfig') {
	make_path('include/config', 'include/generated');
	update('include/generated/autoconf.h', $header);
	update('include/config/auto.conf.cmd',
		"deps_config := @files\ninclude/config/auto.conf: \$(deps_config)\n\$(deps_config): ;\n");
	update('include/config/auto.conf', $auto);
	utime(undef, undef, 'include/config/auto.conf');
} elsif (!$ENV{silent}) {
	print $changed ? "#\n# configuration written to .config\n#\n" : "#\n# No change to .config\n#\n";
}
