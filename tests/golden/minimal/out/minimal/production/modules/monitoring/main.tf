# Generated from spec.yaml by templates/modules/monitoring/main.tf.j2. Do not edit.

# CloudWatch cannot publish to a topic under the key alias/aws/sns, whose policy nobody can change. Without a
# customer-managed key the topic is therefore not encrypted; it carries alarm names and values alone.
# https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
resource "aws_sns_topic" "alarms" {
  #checkov:skip=CKV_AWS_26:CloudWatch could not publish with the default key, as said above
  name = "${var.name}-alarms"
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "AlarmsPublish"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.topic.json
}

# Each address gets a mail whose link must be followed before alarms reach it.
resource "aws_sns_topic_subscription" "email" {
  for_each = var.notify_emails

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.key
}

locals {
  topic_arn = aws_sns_topic.alarms.arn
}
