using System.CommandLine;
using FastTun.Cli.CommandLine;

namespace FastTun.Cli.Commands;

/// <summary>
/// <c>fasttun completion</c>: a shell script that asks the program itself what may come next, by the [suggest] directive
/// of System.CommandLine, and so never grows old.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _fasttun() {
            local IFS=$'\n'
            local suggestions=$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)
            COMPREPLY=($(compgen -W "$suggestions" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _fasttun fasttun
        """;

    private const string Zsh = """
        #compdef fasttun
        _fasttun() {
            local -a suggestions=("${(@f)$("${words[1]}" "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            compadd -- "${suggestions[@]}" || _files
        }
        compdef _fasttun fasttun
        """;

    private const string Fish = """
        function __fasttun_complete
            fasttun "[suggest:"(commandline -C)"]" (commandline -cp | string collect) 2>/dev/null
        end
        complete -c fasttun -a '(__fasttun_complete)'
        """;

    private static readonly string[] Shells = ["bash", "zsh", "fish"];

    public static Command Create()
    {
        Argument<string> shell = Parsed.Argument("SHELL", "bash, zsh or fish", text => Shells.Contains(text)
            ? text
            : throw new FormatException($"'{text}': it is bash, zsh or fish"));
        shell.CompletionSources.Add(Shells);
        var command = new DocumentedCommand("completion", "Print a script that completes this command in a shell")
        {
            Examples =
            [
                "eval \"$(fasttun completion bash)\"",
                "fasttun completion zsh > \"${fpath[1]}/_fasttun\"",
                "fasttun completion fish > ~/.config/fish/completions/fasttun.fish",
            ],
        };
        command.Arguments.Add(shell);
        command.SetAction(parsed => Console.Out.WriteLine(parsed.GetRequiredValue(shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            _ => Fish,
        }));
        return command;
    }
}
