# Figures as cells of a table.

# With all its decimals, which jq would leave out when they are zeros.
def figure($factor; $digits):
    (. * $factor * pow(10; $digits) | round) as $signed | ($signed | fabs) as $scaled
    | if $signed < 0 then "-" else "" end + ($scaled / pow(10; $digits) | floor | tostring)
      + if $digits == 0 then "" else
            "." + ("0" * $digits + ($scaled % pow(10; $digits) | tostring) | .[-$digits:])
        end;
def range_of($factor; $digits): "\(.min | figure($factor; $digits))..\(.max | figure($factor; $digits))";

# Two cells of a spread: its median, and its range.
def middle_and_range($factor; $digits):
    if . == null then "-", "-" else (.median | figure($factor; $digits)), range_of($factor; $digits) end;

def ratio: if . == null then "-" else .median | figure(1; 3) end;
