using FastTun.Engine;
using FastTun.Linux.Bpf;
using FastTun.Stages;

namespace FastTun.Tests.Engine;

/// <summary>What flows are told apart by, for every way in which ports can translate.</summary>
public class SteeringPartsTests
{
    private static readonly FlowParts[] Combinations = [.. Enumerable.Range(0, 16).Select(bits => (FlowParts)bits)];

    [Fact]
    public void Between_two_ports_exactly_what_neither_direction_changes_is_hashed_on_both()
    {
        foreach (FlowParts left in Combinations)
        {
            foreach (FlowParts right in Combinations)
            {
                FlowParts[] parts = SteeringParts.Choose([left, right]);

                Assert.Equal(parts[0], SteeringParts.Answered(parts[1]));
                Assert.Equal(FlowParts.All & ~(left | SteeringParts.Answered(right)), parts[0]);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Wherever_an_answer_comes_in_it_has_the_hash_of_what_it_answers(int ports)
    {
        foreach (FlowParts first in Combinations)
        {
            foreach (FlowParts last in Combinations)
            {
                var translated = new FlowParts[ports];
                translated[0] = first;
                translated[^1] |= last;
                FlowParts[] parts = SteeringParts.Choose(translated);

                Assert.All(parts, here => Assert.All(parts, there => Assert.Equal(here, SteeringParts.Answered(there))));
                Assert.All(parts.Zip(translated), pair => Assert.Equal(FlowParts.None, pair.First & pair.Second));
                if (first == FlowParts.None && last == FlowParts.None)
                    Assert.All(parts, here => Assert.Equal(FlowParts.All, here));
            }
        }
    }

    [Fact]
    public void A_rewriting_stage_knows_what_it_translates_where()
    {
        System.Net.IPEndPoint service = System.Net.IPEndPoint.Parse("203.0.113.1:80");
        AddressRewrite rule(AddressField field, int? port) =>
            new(field, System.Net.IPNetwork.Parse("198.18.0.0/16"), System.Net.IPNetwork.Parse("198.19.0.0/16"), port);
        var stage = new AddressRewriteStage(
            rule(AddressField.Source, 0), rule(AddressField.Destination, 1), rule(AddressField.Destination, 2));
        Assert.Equal(
            [FlowParts.SourceAddress, FlowParts.DestinationAddress, FlowParts.DestinationAddress, FlowParts.None],
            Enumerable.Range(0, 4).Select(stage.TranslatedParts));

        var everywhere = new AddressRewriteStage(rule(AddressField.Source, null));
        Assert.Equal(FlowParts.SourceAddress, everywhere.TranslatedParts(7));
        Assert.Equal(FlowParts.None, ((IPacketStage)new CrossConnectStage()).TranslatedParts(0));

        var withPort = new AddressRewriteStage(
            rule(AddressField.Source, 0), new AddressRewrite(AddressField.Destination, from: service, to: service, inputPort: 1));
        Assert.Equal(FlowParts.SourceAddress, withPort.TranslatedParts(0));
        Assert.Equal(FlowParts.DestinationAddress | FlowParts.DestinationPort, withPort.TranslatedParts(1));
    }
}
