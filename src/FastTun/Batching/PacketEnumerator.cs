namespace FastTun.Batching;

/// <summary>Walks the packets of a batch that no stage has dropped, in the order of their arrival.</summary>
public ref struct PacketEnumerator
{
    internal const int AnyPort = -1;

    private readonly PacketBatch _batch;
    private readonly Span<PacketDescriptor> _descriptors;
    private readonly int _port;
    private int _index;

    internal PacketEnumerator(PacketBatch batch, int port)
    {
        _batch = batch;
        _descriptors = batch.Descriptors;
        _port = port;
        _index = -1;
    }

    /// <summary>The packet that the walk stands at.</summary>
    public readonly Packet Current => new(_batch, ref _descriptors[_index]);

    /// <summary>This walk itself, so that <c>foreach</c> takes it.</summary>
    public readonly PacketEnumerator GetEnumerator() => this;

    /// <summary>Goes on to the next packet that is still on its way.</summary>
    public bool MoveNext()
    {
        while (++_index < _descriptors.Length)
        {
            ref readonly PacketDescriptor descriptor = ref _descriptors[_index];
            if (descriptor.Drop == DropReason.None && (_port == AnyPort || descriptor.OutputPort == _port))
                return true;
        }

        return false;
    }
}
