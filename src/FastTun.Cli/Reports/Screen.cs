using Spectre.Console;

namespace FastTun.Cli.Reports;

/// <summary>Tables on stdout. Spectre.Console is first touched here, so that what runs has not loaded it.</summary>
internal static class Screen
{
    // A file or a pipe has no width to keep to.
    private const int UnlimitedWidth = 1000;

    private static readonly Lazy<IAnsiConsole> Output = new(() =>
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (Console.IsOutputRedirected)
            console.Profile.Width = UnlimitedWidth;
        return console;
    });

    /// <summary>A table of a left column of names and right columns of figures.</summary>
    public static Table Figures(params ReadOnlySpan<string> columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (string column in columns)
            table.AddColumn(new TableColumn(Markup.Escape(column)) { NoWrap = true, Alignment = Justify.Right });
        table.Columns[0].Alignment = Justify.Left;
        return table;
    }

    /// <summary>A table of text.</summary>
    public static Table Texts(params ReadOnlySpan<string> columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (string column in columns)
            table.AddColumn(new TableColumn(Markup.Escape(column)));
        return table;
    }

    public static void Row(this Table table, params IEnumerable<string> cells) =>
        table.AddRow([.. cells.Select(Markup.Escape)]);

    public static void Show(this Table table) => Output.Value.Write(table);
}
